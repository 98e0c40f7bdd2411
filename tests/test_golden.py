"""The golden numbers, which the browser's tests compare with as well, are what Python finds today.

Each stage is compared on its stored input, and the pipeline from end to end. Processors round differently: every
tolerance follows from a measurement on the golden pictures, which is written beside it. The reference is an AMD EPYC
with AVX-512. "AVX2" is an emulated Haswell processor (qemu-user) without AVX-512; "SSE" is OpenCV and NumPy on the
reference without AVX (OPENCV_CPU_DISABLE, NPY_DISABLE_CPU_FEATURES); "no XNNPACK" is LiteRT without its delegate.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pytest
from ai_edge_litert import interpreter
from script_loader import load_script

from emoar.perception.align import align
from emoar.perception.pose import PoseFitter

FILES = [path for path in sorted((Path(__file__).parent / "golden").glob("*.json")) if path.name != "constants.json"]
GOLDEN = {path.stem: json.loads(path.read_text()) for path in FILES}

# Detections of a picture. AVX2: equal bit for bit; no XNNPACK: 0.0001 px, score 4e-7.
DETECTION_PX: Final = 0.2
SCORE: Final = 0.005
# Mesh of a stored detection. AVX2: equal; no XNNPACK: 0.0003 px; SSE: within the rounding of the file and 0.002 px.
MESH_PX: Final = 0.2
PRESENCE: Final = 0.005
# Pose of stored landmarks. Their rounding to 0.01 px moves the rotation by 4e-5 and the shift by 0.0017 cm.
ROTATION: Final = 1e-3
SHIFT_CM: Final = 0.02
# Crop of stored landmarks: rounded once, after exact linear sampling. SSE and Chromium: one grey level, 0.027 levels on
# average. A crop that is off by one pixel differs by more than 10 levels on average.
CROP_LEVELS: Final = 2
CROP_MEAN_LEVELS: Final = 0.2
# Probabilities of a stored crop. SSE: equal to five digits. The other model differs by more than three times the limit
# on every face. No XNNPACK quantises in another way: 0.0096; WebAssembly, with a limit of its own: 0.003.
CROP_PROBABILITY: Final = 0.002
REFERENCE_PROBABILITY: Final = 0.02

# From end to end, where differences of the stages add up. Chromium: 0.02 px and 0.016 of a probability.
LANDMARKS_PX: Final = 0.5
POSE: Final = 0.15
BLOCK_LEVELS: Final = 1.5
PROBABILITY: Final = 0.06

FACES = [(name, i) for name, golden in GOLDEN.items() for i in range(len(golden["faces"]))]
pictures_of = pytest.mark.parametrize("name", GOLDEN)
faces_of = pytest.mark.parametrize(("name", "index"), FACES, ids=lambda value: str(value))


@pytest.fixture(scope="module")
def script() -> Any:
    pytest.importorskip("skimage", reason="the portraits come with it: pip install 'emoar[demo]'")
    pytest.importorskip("matplotlib", reason="a portrait comes with it: pip install 'emoar[demo]'")
    return load_script("write_golden")


@pytest.fixture(scope="module")
def pictures(script: Any) -> dict[str, Any]:
    return script.pictures()


@pytest.fixture(scope="module")
def stages(script: Any) -> Iterator[Any]:
    with script.Stages() as stages:
        yield stages


@pytest.fixture(scope="module")
def reference_stages(script: Any) -> Iterator[Any]:
    """The stages on LiteRT's own kernels in the place of XNNPACK's."""
    kernels = interpreter.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            interpreter, "Interpreter", partial(interpreter.Interpreter, experimental_op_resolver_type=kernels)
        )
        with script.Stages() as stages:
            yield stages


def test_there_is_a_file_for_every_picture(pictures: dict[str, Any]) -> None:
    assert set(GOLDEN) == set(pictures)


@pictures_of
def test_detections(name: str, pictures: dict[str, Any], stages: Any) -> None:
    found, stored = stages.detect(pictures[name]), GOLDEN[name]["detections"]
    assert len(found) == len(stored)
    for one, other in zip(found, stored, strict=True):
        assert_close(one.box_xyxy_px, other["box_xyxy_px"], DETECTION_PX)
        assert_close(one.keypoints_px, other["keypoints_px"], DETECTION_PX)
        assert_close(one.score, other["score"], SCORE)


@pictures_of
def test_mesh_of_stored_detections(name: str, pictures: dict[str, Any], stages: Any) -> None:
    for stored in GOLDEN[name]["detections"]:
        fit = stages.fit_mesh(pictures[name], stored)
        assert_close(fit.landmarks_px, stored["mesh"]["landmarks_px"], MESH_PX)
        assert_close(fit.presence, stored["mesh"]["presence"], PRESENCE)


@faces_of
def test_pose_of_stored_landmarks(name: str, index: int) -> None:
    face, size = GOLDEN[name]["faces"][index], (GOLDEN[name]["width_px"], GOLDEN[name]["height_px"])
    pose = PoseFitter(face["vertical_fov_deg"]).fit(landmarks(face), *size)
    assert_close(pose[:3, :3], np.array(face["pose"])[:3, :3], ROTATION)
    assert_close(pose[:3, 3], np.array(face["pose"])[:3, 3], SHIFT_CM)


@faces_of
def test_crop_of_stored_landmarks(name: str, index: int, script: Any, pictures: dict[str, Any]) -> None:
    face = GOLDEN[name]["faces"][index]
    crop, stored = (c.astype(int) for c in (align(pictures[name], landmarks(face)), script.stored_crop(face)))
    assert_close(crop, stored, CROP_LEVELS)
    assert np.abs(crop - stored).mean() <= CROP_MEAN_LEVELS


@faces_of
def test_probabilities_of_stored_crop(name: str, index: int, script: Any, stages: Any) -> None:
    face = GOLDEN[name]["faces"][index]
    probabilities = stages.classify(script.stored_crop(face))
    assert distance(probabilities, face["crop_probabilities"]) <= CROP_PROBABILITY


@faces_of
def test_stages_tell_faults(name: str, index: int, script: Any) -> None:
    """A crop off by one pixel, the other model, and reversed labels are far outside the tolerances of the stages."""
    face = GOLDEN[name]["faces"][index]
    crop, stored = script.stored_crop(face).astype(int), face["crop_probabilities"]
    for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
        shifted = np.roll(crop, shift, axis)
        assert np.abs(shifted - crop)[1:-1, 1:-1].mean() > 20 * CROP_MEAN_LEVELS
    assert distance({"emoar-s": stored["emoar-m"]}, {"emoar-s": stored["emoar-s"]}) > 3 * CROP_PROBABILITY
    reversed_labels = {m: {key: values[::-1] for key, values in sets.items()} for m, sets in stored.items()}
    assert distance(reversed_labels, stored) > 3 * PROBABILITY


@pictures_of
def test_end_to_end(name: str, script: Any, pictures: dict[str, Any]) -> None:
    stored, found = GOLDEN[name], script.describe(pictures[name])
    assert [face["label"] for face in found["faces"]] == [face["label"] for face in stored["faces"]]
    assert len(found["detections"]) == len(stored["detections"])
    tolerances = {"landmarks_px": LANDMARKS_PX, "pose": POSE, "crop_block_means": BLOCK_LEVELS}
    for i, (face, other) in enumerate(zip(found["faces"], stored["faces"], strict=True)):
        assert face["quality"]["reasons"] == other["quality"]["reasons"]
        for field, tolerance in ({} if (name, i) in script.UNDECIDED else tolerances).items():
            assert_close(face[field], other[field], tolerance)
        assert distance(face["probabilities"], other["probabilities"]) <= PROBABILITY


@faces_of
def test_probabilities_without_xnnpack(name: str, index: int, script: Any, reference_stages: Any) -> None:
    """LiteRT's own kernels quantise in another way than XNNPACK's."""
    face = GOLDEN[name]["faces"][index]
    probabilities = reference_stages.classify(script.stored_crop(face))
    assert distance(probabilities, face["crop_probabilities"]) <= REFERENCE_PROBABILITY


def test_all_without_the_newer_instructions() -> None:
    """OpenCV and NumPy without AVX, or what else they choose by processor, round sums and samples in another way."""
    from numpy._core import _multiarray_umath as numpy_core

    chosen = [name for name in numpy_core.__cpu_dispatch__ if numpy_core.__cpu_features__.get(name)]
    of_opencv = [word.strip("*") for word in cv2.getCPUFeaturesLine().split() if word[0] == "*" and word[-1] != "?"]
    environment = {"NPY_DISABLE_CPU_FEATURES": " ".join(chosen), "OPENCV_CPU_DISABLE": ",".join(of_opencv)}
    command = [sys.executable, "-m", "pytest", __file__, "-q", "-k", "not without", "-p", "no:cacheprovider"]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def landmarks(face: dict[str, Any]) -> Any:
    """The stored (468, 3) landmarks of a face."""
    return np.array(face["landmarks_px"], np.float32)


def assert_close(found: Any, stored: Any, tolerance: float) -> None:
    """No value differs from the stored one by more than an absolute tolerance."""
    np.testing.assert_allclose(found, stored, rtol=0, atol=tolerance)


def distance(found: Any, stored: Any) -> float:
    """The largest difference between probabilities, each by model and label set."""
    pairs = [(found[model][key], stored[model][key]) for model in stored for key in stored[model]]
    return max(float(np.abs(np.subtract(one, other)).max()) for one, other in pairs)
