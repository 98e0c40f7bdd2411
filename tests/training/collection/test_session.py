"""Capture sessions in front of a camera, through the real pipeline on real faces."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import pasted

from emoar import Pipeline, PipelineOptions
from emoar.errors import DataError, InputError
from emoar.media.camera import CameraOptions, CameraSource
from emoar.training.collection.folder import collection_folder, collections, delete_collection
from emoar.training.collection.session import CollectOptions, Moment, collect
from emoar.training.data.read import read_dataset
from emoar.types import Frame

Image = NDArray[np.uint8]


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
