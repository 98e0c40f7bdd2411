"""Labelled crops through detector, mesh and alignment: a real face is found again, and nothing is found in nothing."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.errors import DataError, ModelMissing
from emoar.models.public import model_path
from emoar.perception.align import CROP_PX, align, alignment_points, alignment_template_px
from emoar.perception.detect import FaceDetector
from emoar.perception.mesh import FaceMesh, region_of_detection, region_of_landmarks
from emoar.training.faces import realign as module
from emoar.training.faces.realign import FACE_PX, PICTURE_PX, Realigned, as_picture, realign


@pytest.fixture(scope="module")
def portrait() -> NDArray[np.uint8]:
    """A (96, 96) crop of a real face, framed as FER2013 frames it."""
    data = pytest.importorskip("skimage.data", reason="a portrait comes with it: pip install 'emoar[demo]'")
    try:
        detector = FaceDetector(*(model_path(f"face_detection_{n}") for n in ("short_range", "full_range_sparse")))
        mesh = FaceMesh(model_path("face_landmark"))
    except ModelMissing as exc:
        pytest.skip(str(exc))
    picture = np.ascontiguousarray(data.astronaut())
    fit = mesh.fit(picture, region_of_detection(detector.detect(picture)[0]))
    fit = mesh.fit(picture, region_of_landmarks(fit.landmarks_px))
    mesh.close()
    detector.close()
    return align(picture, fit.landmarks_px, 96)


def test_a_face_is_found_and_cropped_as_it_was(portrait: NDArray[np.uint8]) -> None:
    empty = np.full_like(portrait, 127)
    steps: list[tuple[int, int]] = []
    found = realign(np.stack([portrait, empty]), progress=lambda _task, done, total: steps.append((done, total)))
    assert found.detected.tolist() == found.found.tolist() == [True, False]
    assert not found.crops[1].any()
    assert not found.landmarks_px[1].any()
    small = cv2.resize(portrait, (CROP_PX, CROP_PX), interpolation=cv2.INTER_AREA)
    assert np.abs(found.crops[0].astype(int) - small).mean() < 12  # grey levels
    expected = alignment_template_px(FACE_PX)  # the landmarks are in the enlarged crop
    off = np.abs(alignment_points(found.landmarks_px[0]) - expected)[:3]  # eyes and nose: the mouth smiles
    assert off.max() < 0.04 * FACE_PX
    assert steps[:2] == [(1, 2), (2, 2)]


def test_the_picture_has_the_enlarged_crop_in_its_middle() -> None:
    crop = np.full((48, 48), 10, np.uint8)
    picture, left, top = as_picture(crop)
    assert picture.shape == (*PICTURE_PX, 3)
    assert (left, top) == ((PICTURE_PX[1] - FACE_PX) // 2, (PICTURE_PX[0] - FACE_PX) // 2)
    inside = picture[top : top + FACE_PX, left : left + FACE_PX]
    assert (inside == 10).all()
    assert (picture == 10).sum() == inside.size
    colour = np.zeros((48, 48, 3), np.uint8)
    colour[..., 0] = 200
    assert as_picture(colour)[0][top, left].tolist() == [200, 0, 0]


def test_results_are_cached_by_the_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []

    def run(images: NDArray[np.uint8]):  # type: ignore[no-untyped-def]
        runs.append(len(images))
        for image in images:
            yield True, np.ones((468, 3), np.float32), image

    monkeypatch.setattr(module, "_run", run)
    images = np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8)
    first, again = realign(images, tmp_path), realign(images, tmp_path)
    assert runs == [3]
    for name in ("detected", "found", "landmarks_px", "crops"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    realign(images[:2], tmp_path)
    assert runs == [3, 2]


def test_shapes_are_checked() -> None:
    two = np.ones(2, np.bool_)
    landmarks = np.zeros((2, 468, 3), np.float32)
    assert len(Realigned(two, two, landmarks, np.zeros((2, 48, 48), np.uint8))) == 2
    with pytest.raises(DataError, match=r"crops must be \(2, 48, 48\), got \(2, 24, 24\)"):
        Realigned(two, two, landmarks, np.zeros((2, 24, 24), np.uint8))
