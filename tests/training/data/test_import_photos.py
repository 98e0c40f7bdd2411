"""Photos to aligned crops, through the real pipeline on real faces."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import pasted, resized

from emoar import Pipeline
from emoar.errors import DataError
from emoar.perception.align import align
from emoar.training.data.import_photos import PhotoOptions, import_photos
from emoar.training.data.options import ReadOptions
from emoar.training.data.read import read_dataset
from emoar.training.data.write_parquet import write_parquet
from emoar.types import Frame

Image = NDArray[np.uint8]


@pytest.fixture
def photos(tmp_path: Path, astronaut: Image, grace_hopper_path: Path) -> Path:
    root = tmp_path / "photos"
    for name in ("train/smiling", "train/resting"):
        (root / name).mkdir(parents=True)
    cv2.imwrite(str(root / "train/smiling/astronaut.png"), astronaut[:, :, ::-1])
    shutil.copy(grace_hopper_path, root / "train/resting/hopper.jpg")
    cv2.imwrite(str(root / "train/resting/wall.png"), np.full((200, 200, 3), 90, np.uint8))
    return root


def test_photos_become_the_crops_that_the_pipeline_sees(
    photos: Path, photo_pipeline: Pipeline, astronaut: Image, tmp_path: Path
) -> None:
    result = import_photos(photos, photo_pipeline, options=PhotoOptions(licence="public domain"))
    data = result.data
    assert data.classes == ("resting", "smiling")
    assert data.split.tolist() == ["Training", "Training"]
    assert result.without_face == ("train/resting/wall.png",)
    face = photo_pipeline(Frame(astronaut)).faces[0]
    np.testing.assert_array_equal(data.images[1], align(astronaut, face.landmarks_px))
    write_parquet(data, tmp_path / "faces.parquet")
    again = read_dataset(tmp_path / "faces.parquet")
    np.testing.assert_array_equal(again.images, data.images)
    assert again.licence == "public domain"
    assert again.files.tolist() == ["train/resting/hopper.jpg", "train/smiling/astronaut.png"]


def test_other_sizes_and_colour_show_the_same_face(photos: Path, photo_pipeline: Pipeline) -> None:
    small = import_photos(photos, photo_pipeline).data.images.astype(int)
    large = import_photos(photos, photo_pipeline, ReadOptions(size_px=96, colour=True)).data.images
    assert large.shape == (2, 96, 96, 3)
    for one, other in zip(small, large, strict=True):
        shrunk = cv2.resize(cv2.cvtColor(other, cv2.COLOR_RGB2GRAY), (48, 48), interpolation=cv2.INTER_AREA)
        assert np.abs(one - shrunk)[2:-2, 2:-2].mean() < 6  # grey levels; a shift by one pixel has about 10


def test_crop_of_a_large_photo_is_averaged(photo_pipeline: Pipeline, astronaut: Image) -> None:
    big = resized(astronaut, 4.0)
    face, small = photo_pipeline(Frame(big)).faces[0], photo_pipeline(Frame(astronaut)).faces[0]
    one = align(big, face.landmarks_px, 64, colour=True).astype(int)
    other = align(astronaut, small.landmarks_px, 64, colour=True).astype(int)
    assert np.abs(one - other).mean() < 12


def test_several_people_in_a_photo(photos: Path, photo_pipeline: Pipeline, astronaut: Image) -> None:
    both = pasted(astronaut, 40, 100)
    both[100:612, 700:1212] = astronaut
    cv2.imwrite(str(photos / "train/smiling/both.png"), both[:, :, ::-1])
    assert len(import_photos(photos, photo_pipeline).data) == 3
    data = import_photos(photos, photo_pipeline, options=PhotoOptions(all_faces=True)).data
    assert data.files.tolist().count("train/smiling/both.png") == 2


@pytest.mark.parametrize("skip", [False, True])
def test_damaged_photos_are_listed(photos: Path, photo_pipeline: Pipeline, *, skip: bool) -> None:
    (photos / "train/resting/broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and nothing more")
    if skip:
        assert len(import_photos(photos, photo_pipeline, ReadOptions(skip_bad=True)).data.skipped) == 1
        return
    with pytest.raises(DataError, match=r"1 of 4 photos cannot be used: train/resting/broken.jpg"):
        import_photos(photos, photo_pipeline)


def test_photos_without_any_face(tmp_path: Path, photo_pipeline: Pipeline) -> None:
    (tmp_path / "happy").mkdir()
    cv2.imwrite(str(tmp_path / "happy" / "wall.png"), np.full((200, 200, 3), 90, np.uint8))
    with pytest.raises(DataError, match="none of 1 photos has a face"):
        import_photos(tmp_path, photo_pipeline)
    with pytest.raises(DataError, match="is no folder"):
        import_photos(tmp_path / "happy" / "wall.png", photo_pipeline)
