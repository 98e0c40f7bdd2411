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
        (f"30,{PIXELS},Training", "emotion must be 0..6"),
        (f"3.5,{PIXELS},Training", "emotion must be 0..6"),
        (f"wink,{PIXELS},Training", "emotion must be 0..6 or angry, .*'wink'"),
        (f"²,{PIXELS},Training", "'²'"),
        (f",{PIXELS},Training", "emotion must be"),
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


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("emotion, Usage, pixels", f"3, PrivateTest, {PIXELS}"),
        ("Emotion,USAGE,Pixels", f"3,privatetest,{PIXELS}"),
        ("emotion;pixels;Usage", f"3;{PIXELS};Private Test"),
        ("emotion\tpixels\tUsage", f"3\t{PIXELS}\tPrivateTest"),
        ("label,pixels,split", f'happy,"{PIXELS}",test'),
        ("emotion,pixels,Usage", f'3.0,"{PIXELS}",Private test'),
        ("\ufeffpixels,emotion,Usage,name", f"{PIXELS},Joyful,PrivateTest,a b"),
    ],
)
def test_tables_in_other_forms(header: str, row: str, tmp_path: Path) -> None:
    path = tmp_path / "icml_face_data.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    data = read_dataset(path)
    assert data.truth("fer2013").tolist() == [3]
    assert data.split.tolist() == ["PrivateTest"]
    assert (data.images == 7).all()


def test_a_table_without_usage_is_all_training(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "train.csv", f"3,{PIXELS}", f"0,{PIXELS}", header="emotion,pixels")
    assert read_dataset(path).split.tolist() == ["Training"] * 2


def test_a_table_in_utf16(tmp_path: Path) -> None:
    path = tmp_path / "faces.csv"
    path.write_text(f"emotion\tpixels\tUsage\n3\t{PIXELS}\tPrivateTest\n", encoding="utf-16")
    assert read_dataset(path).truth("fer2013").tolist() == [3]


@pytest.mark.parametrize("header", ["", "pixels,Usage", "emotion,Usage", "emotion pixels Usage"])
def test_a_table_without_the_needed_columns(header: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected the columns emotion, pixels and perhaps Usage"):
        read_dataset(write_rows(tmp_path / "fer2013.csv", GOOD_ROW, header=header))
