"""Corrections of live labels: which crops are stored, with which label, and in which split."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from makers import make_face

from emoar.errors import DataError
from emoar.training.collection.correct import RIGHT, Shown, correct, keys_of
from emoar.training.collection.session import CollectOptions
from emoar.training.data.read import read_dataset
from emoar.types import Frame, Scene

OPTIONS = CollectOptions(("happy", "sad"), every_s=0.15)


def frames(count: int) -> Iterator[Frame]:
    """A tenth of a second apart, each of another grey."""
    for index in range(count):
        yield Frame(np.full((100, 120, 3), index % 250, np.uint8), index / 10, index)


def one_face(frame: Frame) -> Scene:
    return Scene(frame, (make_face(),))


def run(folder: Path, presses: dict[int, str], count: int = 40, scene=one_face) -> list[Shown]:  # type: ignore[no-untyped-def]
    told: list[Shown] = []

    def pressed(frame: Frame) -> list[str]:
        return [presses[frame.index]] if frame.index in presses else []

    correct(frames(count), scene, folder, OPTIONS, "typed yes", pressed, told.append)
    return told


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))


def test_a_key_stores_the_latest_crops(tmp_path: Path) -> None:
    folder = tmp_path / "anna"
    told = run(folder, {20: "sad"})
    assert names(folder) == [f"Training/sad/c0000-{i:02d}.png" for i in range(5)]
    assert told[19].label == "happiness"
    assert told[-1].counts == {"happy": 0, "sad": 5}
    greys = [int(image.mean()) for image in read_dataset(folder).images]
    assert greys == [12, 14, 16, 18, 20]  # up to the frame in which the key was pressed


def test_crops_are_stored_once(tmp_path: Path) -> None:
    folder = tmp_path / "anna"
    run(folder, {20: "sad", 21: "sad"})
    assert len(names(folder)) == 5


def test_right_is_the_shown_label_in_the_words_of_the_collection(tmp_path: Path) -> None:
    folder = tmp_path / "anna"
    run(folder, {20: RIGHT, 30: "bored"})  # bored is none of its labels
    assert {name.split("/")[1] for name in names(folder)} == {"happy"}


def test_every_fourth_correction_of_a_label_is_held_back_also_when_it_goes_on_later(tmp_path: Path) -> None:
    folder = tmp_path / "anna"
    run(folder, {20: "sad", 40: "sad", 60: "happy"}, 70)
    run(folder, {20: "sad", 40: "sad", 60: "sad"}, 70)
    held_back = {name.rsplit("-", 1)[0] for name in names(folder) if name.startswith("PublicTest")}
    assert held_back == {"PublicTest/sad/c0003"}
    assert len({name.rsplit("-", 1)[0] for name in names(folder)}) == 6


def test_nothing_is_stored_without_one_face(tmp_path: Path) -> None:
    folder = tmp_path / "anna"
    told = run(folder, {20: "sad", 25: RIGHT}, scene=lambda frame: Scene(frame))
    assert names(folder) == []
    assert (told[-1].label, told[-1].trouble) == ("", "no face in the picture")


def test_the_end_by_ctrl_c_keeps_what_is_stored(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Frame]:
        yield from frames(25)
        raise KeyboardInterrupt

    result = correct(
        interrupted(), one_face, tmp_path / "anna", OPTIONS, "typed yes", lambda frame: ["sad"] * (frame.index == 20)
    )
    assert result.complete
    assert result.counts == {"happy": 0, "sad": 5}


def test_another_folder_is_not_added_to(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="exists: take another name"):
        run(tmp_path, {})


def test_keys() -> None:
    assert keys_of(("happy", "sad")) == {"1": "happy", "2": "sad", "\r": RIGHT, "\n": RIGHT, " ": RIGHT}
