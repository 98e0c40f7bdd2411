"""Photos and a camera, through the real pipeline on real faces."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import pasted, resized

from emoar import Pipeline, PipelineOptions
from emoar.errors import DataError, InputError
from emoar.media.camera import CameraOptions, CameraSource
from emoar.perception.align import align
from emoar.training.data.collect import (
    CollectOptions,
    Moment,
    collect,
    collection_folder,
    collections,
    delete_collection,
)
from emoar.training.data.import_photos import PhotoOptions, import_photos
from emoar.training.data.options import ReadOptions
from emoar.training.data.read import read_dataset
from emoar.training.data.write_parquet import write_parquet
from emoar.types import Frame

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def photo_pipeline() -> Iterator[Pipeline]:
    with Pipeline(PipelineOptions(mode="photo")) as pipeline:
        yield pipeline


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


class Portrait:
    """A camera that shows one portrait, and can be unplugged after some pictures."""

    def __init__(self, image: Image, ends_after: int = 10**9) -> None:
        self._image, self._left = np.ascontiguousarray(image[:, :, ::-1]), ends_after

    def read(self) -> tuple[bool, Image | None]:
        time.sleep(0.005)
        self._left -= 1
        return self._left >= 0, self._image if self._left >= 0 else None

    def get(self, _: int) -> float:
        return 30.0

    def release(self) -> None:
        pass


def portrait(image: Image, **options: int) -> CameraSource:
    return CameraSource(0, CameraOptions(), opener=lambda device, settings: Portrait(image, **options))


QUICK = CollectOptions(("happy", "sad"), rounds=2, per_round=3, prepare_s=0.1, every_s=0.02, patience_s=20)


def test_a_session(tmp_path: Path, astronaut: Image) -> None:
    folder = collection_folder(tmp_path, "anna")
    moments: list[Moment] = []
    with portrait(astronaut) as camera, Pipeline(PipelineOptions(max_faces=2)) as pipeline:
        result = collect(camera, pipeline, folder, QUICK, "typed yes", moments.append)
    assert result.complete
    assert result.counts == {"happy": 6, "sad": 6}
    assert {(moment.round, moment.label) for moment in moments} == {(r, x) for r in (1, 2) for x in ("happy", "sad")}
    data = read_dataset(folder)
    assert sorted(zip(data.split.tolist(), data.truth("fer2013").tolist(), strict=True)) == sorted(
        (split, label) for split in ("Training", "PublicTest") for label in (3, 4) for _ in range(3)
    )
    assert data.licence.startswith("personal")
    assert data.images.std() > 20
    about = json.loads((folder / "about.json").read_text())
    assert about["consent"] == "typed yes"
    assert folder.stat().st_mode & 0o077 == 0
    with pytest.raises(DataError, match="exists: take another name, or delete it"):
        collect([], lambda frame: None, folder, QUICK, "typed yes")
    assert collections(tmp_path) == [folder]
    assert delete_collection(tmp_path, "anna") == 13
    assert not folder.exists()


def test_nobody_and_two_people_are_not_recorded(tmp_path: Path, astronaut: Image) -> None:
    two = pasted(astronaut, 40, 100)
    two[100:612, 700:1212] = astronaut
    options = CollectOptions(("happy",), 1, 2, 0.0, 0.0, patience_s=0.5)
    for name, image, words in (("a", two, "more than one"), ("b", np.full_like(two, 90), "no face")):
        moments: list[Moment] = []
        with Pipeline(PipelineOptions(max_faces=2)) as pipeline:
            frames = (Frame(image, time_s=0.1 * i, index=i) for i in range(100))
            result = collect(frames, pipeline, tmp_path / name, options, "yes", moments.append)
        assert result.counts == {"happy": 0}
        assert result.missing == ("happy, round 1: 0 of 2",)
        assert words in moments[-1].trouble


def test_a_camera_that_ends_keeps_its_crops(tmp_path: Path, astronaut: Image) -> None:
    with Pipeline(PipelineOptions(max_faces=2)) as pipeline:
        frames = (Frame(astronaut, time_s=0.1 * i, index=i) for i in range(8))
        result = collect(frames, pipeline, tmp_path / "a", QUICK, "yes")
    assert not result.complete
    assert 0 < sum(result.counts.values()) < 12


def test_no_consent_and_bad_names(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no consent"):
        collect([], lambda frame: None, tmp_path / "a", QUICK, "")
    assert not (tmp_path / "a").exists()
    for name in ("", "..", "../x", "a/b", ".hidden", "a" * 70):
        with pytest.raises(InputError, match="name has letters"):
            collection_folder(tmp_path, name)
    for labels in ((), ("a", "a"), ("a/b",)):
        with pytest.raises(InputError, match="label"):
            CollectOptions(labels)


def test_only_collections_are_deleted(tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "1.jpg").touch()
    with pytest.raises(DataError, match=r"no collection holiday .* there are none"):
        delete_collection(tmp_path, "holiday")
    assert (tmp_path / "holiday" / "1.jpg").exists()
