"""Training and serving see one crop: import, collection and the pipeline cut the same bytes out of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import resized

from emoar import Pipeline, PipelineOptions
from emoar.models.expression import ExpressionModel, Member
from emoar.models.inputs import CropInput
from emoar.models.metadata import ModelInfo
from emoar.perception import ensemble
from emoar.perception.align import align
from emoar.training.collection.session import CollectOptions, collect
from emoar.training.data.import_photos import import_photos
from emoar.training.data.options import ReadOptions
from emoar.types import Frame

Image = NDArray[np.uint8]
FACE_PX = 95.0  # width of the face in the astronaut's portrait
CHANNELS = {"grey": 1, "rgb": 3}


@pytest.fixture(scope="module")
def photo_pipeline() -> Iterator[Pipeline]:
    with Pipeline(PipelineOptions(mode="photo")) as pipeline:
        yield pipeline


@pytest.fixture(scope="module", params=[60, 180, 420, 900])
def photo(request: pytest.FixtureRequest, astronaut: Image) -> Image:
    """The portrait's face, as wide as asked for, with some picture around it."""
    return resized(np.ascontiguousarray(astronaut[10:290, 90:370]), request.param / FACE_PX)


@pytest.mark.parametrize("size_px", [48, 96, 112])
@pytest.mark.parametrize("colour", CHANNELS)
def test_import_collection_and_pipeline_cut_the_same_bytes(
    photo: Image,
    size_px: int,
    colour: str,
    photo_pipeline: Pipeline,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rgb = colour == "rgb"
    scene = photo_pipeline(Frame(photo))
    (face,) = scene.faces

    (tmp_path / "photos" / "smiling").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "photos" / "smiling" / "one.png"), photo[:, :, ::-1])
    imported = import_photos(tmp_path / "photos", photo_pipeline, ReadOptions(size_px=size_px, colour=rgb)).data.images[
        0
    ]

    options = CollectOptions(("smiling",), per_round=1, rounds=1, prepare_s=0.0, size_px=size_px, colour=rgb)
    frames = [Frame(photo, time_s=float(i)) for i in range(3)]
    collect(frames, lambda _frame: scene, tmp_path / "collected", options, "yes")
    (file,) = (tmp_path / "collected").rglob("*.png")
    collected = cv2.imread(str(file), cv2.IMREAD_COLOR if rgb else cv2.IMREAD_GRAYSCALE)
    collected = collected[:, :, ::-1] if rgb else collected

    served = _crop_of_the_classifier(photo, face.landmarks_px, size_px, CHANNELS[colour], monkeypatch)
    assert imported.shape == (size_px, size_px, *((3,) if rgb else ()))
    np.testing.assert_array_equal(imported, served)
    np.testing.assert_array_equal(collected, served)


def _crop_of_the_classifier(
    image: Image, landmarks_px: NDArray[np.float32], size_px: int, channels: int, monkeypatch: pytest.MonkeyPatch
) -> Image:
    """What a model of that size and colour is given by the pipeline."""
    seen: list[Image] = []

    class Recorder:
        def __init__(self, _path: Path, _threads: int, **_options: object) -> None:
            self.info = ModelInfo("recorder", CropInput(size_px, channels), {"custom": ("a", "b")})

        def classify(self, crop: Image) -> dict[str, NDArray[np.float32]]:
            seen.append(crop.copy())
            return {"custom": np.array([0.5, 0.5], np.float32)}

    monkeypatch.setattr(ensemble, "ExpressionClassifier", Recorder)
    model = ensemble.ExpressionEnsemble(ExpressionModel("recorder", (Member(Path("none")),)))
    model.classify(image, [landmarks_px], [align(image, landmarks_px)])
    (crop,) = seen
    return crop
