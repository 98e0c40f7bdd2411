"""The teacher of the measures: its names, its landmarks, and what is not its file."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from makers import make_face
from numpy.typing import NDArray

from emoar.errors import InputError, ModelMismatch
from emoar.labels import MEASURES
from emoar.training.faces.landmarks import CropLandmarks
from emoar.training.measures import teacher as module
from emoar.training.measures.teacher import BLENDSHAPES, LANDMARKS, OTHER_SIDE, Teacher, crop_blendshapes


def test_names_and_landmarks() -> None:
    assert len(BLENDSHAPES) == len(set(BLENDSHAPES)) == 52
    assert BLENDSHAPES[25] == "jawOpen"
    assert BLENDSHAPES[44:46] == ("mouthSmileLeft", "mouthSmileRight")
    assert len(LANDMARKS) == 146
    assert list(LANDMARKS) == sorted(set(LANDMARKS))
    assert set(MEASURES) <= set(BLENDSHAPES)


def test_the_other_side_of_the_other_side_is_the_same() -> None:
    assert [OTHER_SIDE[index] for index in OTHER_SIDE] == list(range(52))
    assert OTHER_SIDE[BLENDSHAPES.index("mouthLeft")] == BLENDSHAPES.index("mouthRight")
    assert OTHER_SIDE[BLENDSHAPES.index("jawOpen")] == BLENDSHAPES.index("jawOpen")


def test_what_is_not_its_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.task does not exist: name MediaPipe's face_landmarker\.task"):
        Teacher(tmp_path / "none.task")
    (tmp_path / "other.task").write_bytes(b"other")
    with pytest.raises(ModelMismatch, match=r"is not the pinned face_landmarker\.task"):
        Teacher(tmp_path / "other.task")


class FakeSession:
    """Finds its landmarks at the brightest pixel of the crop, and gives their x as a blendshape of the left side."""

    def __init__(self, path: Path, inputs: tuple[int, ...], outputs: dict[str, tuple[int, ...]]) -> None:
        self._input, self._outputs = np.zeros(inputs, np.float32), outputs

    def input(self) -> NDArray[np.float32]:
        return self._input

    def run(self) -> dict[str, NDArray[np.float32]]:
        if "landmarks" in self._outputs:
            y, x = np.unravel_index(self._input[0, :, :, 0].argmax(), self._input.shape[1:3])
            return {"landmarks": np.tile(np.array([x, y, 0], np.float32), 478).reshape(1, 1, 1, -1)}
        values = np.zeros(52, np.float32)
        values[BLENDSHAPES.index("mouthSmileLeft")] = self._input[0, 0, 0] / 1000
        return {"blendshapes": values}

    def close(self) -> None:
        pass


def test_values_are_the_mean_of_the_picture_and_its_mirror_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "a.task"
    with zipfile.ZipFile(bundle, "w") as archive:
        for member in ("face_landmarks_detector.tflite", "face_blendshapes.tflite"):
            archive.writestr(member, b"")
    monkeypatch.setattr(module, "SHA256", hashlib.sha256(bundle.read_bytes()).hexdigest())
    monkeypatch.setattr(module, "Session", FakeSession)
    crop = np.zeros((48, 48), np.uint8)
    crop[24, 30] = 255
    face = make_face(centre_px=(24, 24), scale=2).landmarks_px
    landmarks = CropLandmarks(np.stack([face, face]), np.array([1.0, 0.0], np.float32))
    seen: list[Any] = []
    progress = lambda *what: seen.append(what)  # noqa: E731
    found = crop_blendshapes(np.stack([crop, crop]), landmarks, bundle, progress=progress)
    left, right = (BLENDSHAPES.index(f"mouthSmile{side}") for side in ("Left", "Right"))
    x_px, width_px = (30 + 0.5) * 4 - 0.5, 192
    assert found.values[0, left] * 2000 == pytest.approx(x_px, abs=2)
    assert found.values[0, right] * 2000 == pytest.approx(width_px - 1 - x_px, abs=2)  # of the mirror image
    assert not found.values[1].any()  # without a mesh
    assert seen[-1] == ("teacher", 2, 2)
