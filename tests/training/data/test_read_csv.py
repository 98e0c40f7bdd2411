"""Kaggle's CSV and the FER+ votes beside it, and every way in which they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from labelled_files import GOOD_ROW, PIXELS, write_rows

from emoar.errors import DataError
from emoar.labels import FERPLUS
from emoar.training.data.options import ReadOptions
from emoar.training.data.read import read_dataset
from emoar.training.data.targets import NO_LABEL


def test_csv_with_votes_beside_it(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "fer2013.csv", f"3,{PIXELS},Training", f"6,{PIXELS},PrivateTest")
    header = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
    write_rows(
        tmp_path / "fer2013new.csv",
        "Training,a.png,1,9,0,0,0,0,0,0,0,0",
        "PrivateTest,,0,0,0,0,0,0,0,0,0,10",
        header=header,
    )
    data = read_dataset(path)
    assert data.truth("fer2013").tolist() == [3, 6]
    assert data.truth("ferplus").tolist() == [FERPLUS.index("happiness"), NO_LABEL]
    assert (data.images == 7).all()
    write_rows(tmp_path / "fer2013new.csv", header=header)
    with pytest.raises(DataError, match="0 rows"):
        read_dataset(path)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("3,1 2 3,Training", "line 2: expected 2304 pixels"),
        (f"3,{PIXELS} 4,Training", "2305"),
        (f"3,{PIXELS[:-1]}x,Training", "not a number"),
        (f"3,{PIXELS[:-1]}999,Training", "0..255"),
        (f"9,{PIXELS},Training", "emotion must be 0..6"),
        (f"joy,{PIXELS},Training", "'joy'"),
        (f"3,{PIXELS},Holiday", "Holiday"),
    ],
)
def test_bad_csv_rows_are_named(tmp_path: Path, row: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_dataset(write_rows(tmp_path / "fer2013.csv", row))


def test_all_bad_rows_are_listed_and_skipped_on_request(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "fer2013.csv", GOOD_ROW, f"9,{PIXELS},Training", f"3,{PIXELS} 8,Training", "3", GOOD_ROW
    )
    with pytest.raises(DataError, match=r"3 of 5 rows cannot be used: line 3: emotion.*line 4: .*2305.*line 5: Usage"):
        read_dataset(path)
    assert read_dataset(path, ReadOptions(skip_bad=True)).rows.tolist() == [0, 4]


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_bytes(b"emotion,pixels,Usage\n3,\xff\xfe,Training\n")
    with pytest.raises(DataError, match="not UTF-8 text: save it as CSV in UTF-8"):
        read_dataset(path)


@pytest.mark.parametrize(
    ("votes", "words"),
    [
        ("Usage,neutral\nTraining,3\n", "line 2: a vote is missing"),
        (None, "does not exist: give FER"),
    ],
)
def test_votes_can_be_named(votes: str | None, words: str, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "fer2013.csv", GOOD_ROW)
    if votes:
        (tmp_path / "votes.csv").write_text(votes)
    with pytest.raises(DataError, match=words):
        read_dataset(path, ReadOptions(votes=tmp_path / "votes.csv"))
