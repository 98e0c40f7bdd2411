"""The mesh over labelled crops: in the crop's pixels, kept in a cache, and again on changed pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.errors import DataError, InputError, ModelMissing, OutputError
from emoar.models.public import model_path
from emoar.perception.align import align, alignment_points, alignment_template_px
from emoar.perception.detect import FaceDetector
from emoar.perception.mesh import FaceMesh, region_of_detection, region_of_landmarks
from emoar.training.faces import landmarks
from emoar.training.faces.landmarks import CropLandmarks, MeshJitter, crop_landmarks


@pytest.fixture(scope="module")
def crops() -> NDArray[np.uint8]:
    """An aligned crop of a real face, and one of nothing."""
    data = pytest.importorskip("skimage.data", reason="a portrait comes with it: pip install 'emoar[demo]'")
    try:
        paths = [model_path(f"face_detection_{name}") for name in ("short_range", "full_range_sparse")]
        mesh = FaceMesh(model_path("face_landmark"))
    except ModelMissing as exc:
        pytest.skip(str(exc))
    picture = np.ascontiguousarray(data.astronaut())
    detector = FaceDetector(*paths)
    fit = mesh.fit(picture, region_of_detection(detector.detect(picture)[0]))
    fit = mesh.fit(picture, region_of_landmarks(fit.landmarks_px))
    mesh.close()
    detector.close()
    return np.stack([align(picture, fit.landmarks_px), np.full((48, 48), 127, np.uint8)])


def test_landmarks_lie_where_the_crop_was_aligned(crops: NDArray[np.uint8]) -> None:
    steps: list[tuple[str, int, int]] = []
    found = crop_landmarks(crops, progress=lambda *step: steps.append(step))
    assert found.found.tolist() == [True, False]
    assert len(found) == 2
    points = alignment_points(found.landmarks_px[0])
    assert np.abs(points - alignment_template_px()).max() < 3  # pixels of 48
    assert steps[:2] == [("face mesh", 1, 2), ("face mesh", 2, 2)]


def test_a_mirrored_run_gives_the_mirrored_face(crops: NDArray[np.uint8]) -> None:
    still = MeshJitter(mirrored=True, shift=0, scale=0, rotation_deg=0, gamma=0, blur=0, noise=0)
    plain, mirrored = crop_landmarks(crops[:1]), crop_landmarks(crops[:1], jitter=still)
    nose = 1
    assert mirrored.landmarks_px[0, nose, 0] == pytest.approx(47 - plain.landmarks_px[0, nose, 0], abs=1.5)
    assert mirrored.landmarks_px[0, nose, 1] == pytest.approx(plain.landmarks_px[0, nose, 1], abs=1.5)


def test_a_jittered_run_is_near_the_plain_one_and_depends_on_its_seed(crops: NDArray[np.uint8]) -> None:
    plain = crop_landmarks(crops)
    first, again, other = (crop_landmarks(crops, jitter=MeshJitter(seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.landmarks_px, again.landmarks_px)
    assert 0 < np.abs(first.landmarks_px[0] - plain.landmarks_px[0]).mean() < 2
    assert (first.landmarks_px[0] != other.landmarks_px[0]).any()
    assert first.presence[1] == 0  # a crop without a mesh stays without


class FakeMesh:
    """Finds every face, and counts its runs."""

    runs = 0

    def __init__(self, _model: Path) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeMesh]:
    def fit_crops(_mesh: FakeMesh, images: NDArray[np.uint8]) -> Iterator[tuple[NDArray[np.float32], float]]:
        for image in images:
            FakeMesh.runs += 1
            yield np.full((468, 3), image[0, 0], np.float32), 0.75

    monkeypatch.setattr(landmarks, "FaceMesh", FakeMesh)
    monkeypatch.setattr(landmarks, "model_path", Path)
    monkeypatch.setattr(landmarks, "fit_crops", fit_crops)
    FakeMesh.runs = 0
    return FakeMesh


def test_results_are_read_from_the_cache(fake: type[FakeMesh], tmp_path: Path) -> None:
    images = np.full((3, 48, 48), 9, np.uint8)
    steps: list[int] = []
    first = crop_landmarks(images, tmp_path)
    again = crop_landmarks(images, tmp_path, progress=lambda _task, done, _total: steps.append(done))
    assert fake.runs == 3
    assert steps == [3]
    np.testing.assert_array_equal(first.landmarks_px, again.landmarks_px)
    crop_landmarks(images + 1, tmp_path)  # other pictures
    assert fake.runs == 6
    assert len(list(tmp_path.iterdir())) == 2


def test_a_damaged_cache_is_made_again(fake: type[FakeMesh], tmp_path: Path) -> None:
    images = np.zeros((2, 48, 48), np.uint8)
    crop_landmarks(images, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"PK")
    assert crop_landmarks(images, tmp_path).found.all()
    assert fake.runs == 4


def test_a_cache_that_cannot_be_written_is_named(fake: type[FakeMesh], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="file"):
        crop_landmarks(np.zeros((1, 48, 48), np.uint8), tmp_path / "file" / "cache")


def test_no_crops_give_no_landmarks(fake: type[FakeMesh]) -> None:
    assert crop_landmarks(np.empty((0, 48, 48), np.uint8)).landmarks_px.shape == (0, 468, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [("shift", 0.5), ("scale", -0.1), ("rotation_deg", 91), ("gamma", -1), ("blur", 1.5), ("noise", -0.5)],
)
def test_jitter_is_checked(name: str, value: float) -> None:
    with pytest.raises(InputError, match=f"mesh jitter: {name} = {value} is out of range"):
        dataclasses.replace(MeshJitter(), **{name: value})


def test_shapes_are_checked() -> None:
    with pytest.raises(DataError, match=r"landmarks_px must be \(2, 468, 3\), got \(1, 468, 3\)"):
        CropLandmarks(np.zeros((1, 468, 3), np.float32), np.zeros(2, np.float32))


def test_colour_crops_need_no_conversion(crops: NDArray[np.uint8]) -> None:
    colour = cv2.cvtColor(crops[0], cv2.COLOR_GRAY2RGB)[None].astype(np.uint8)
    np.testing.assert_allclose(crop_landmarks(colour).landmarks_px, crop_landmarks(crops[:1]).landmarks_px, atol=0.5)
