"""Labelled faces in every form in which people have them, and every way in which those are wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from training_faces import face_dataset, made_dataset, votes_of

from emoar.errors import DataError, InputError
from emoar.labels import FER2013, LABEL_SETS, LabelSet, title_of
from emoar.training.data.read import NO_LABEL, FaceDataset, ReadOptions, read_dataset
from emoar.training.data.write_parquet import write_parquet

PIXELS = " ".join(["7"] * 2304)
GOOD = f"3,{PIXELS},Training"
pytestmark = pytest.mark.filterwarnings("error")


def save(path: Path, value: int = 50, size: int = 48) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((size, size, 3), value, np.uint8))
    return path


def csv(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["emotion,pixels,Usage", *rows]) + "\n")
    return path


def same(a: FaceDataset, b: FaceDataset) -> None:
    for name in ("images", "split", "rows", "files"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    assert a.targets.keys() == b.targets.keys()
    for name, targets in a.targets.items():
        np.testing.assert_array_equal(targets.truth(), b.truth(name), err_msg=name)
    for name, targets in a.voted.items():
        np.testing.assert_array_equal(targets.votes, b.voted[name].votes, err_msg=name)
    assert (a.classes, a.name, a.licence) == (b.classes, b.name, b.licence)


def custom_dataset(*, colour: bool = True, size: int = 64) -> FaceDataset:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (4, size, size, 3) if colour else (4, size, size)).astype(np.uint8)
    split = np.array(["Training", "Training", "PublicTest", "PrivateTest"])
    custom = np.array([0, 1, NO_LABEL, 1])
    files = np.array(["a.png", "b.png", "c.png", ""])
    return face_dataset(
        images,
        split,
        custom=custom,
        classes=("bored", "wide awake"),
        rows=np.array([3, 5, 8, 9]),
        files=files,
        name="mine",
        licence="CC0",
    )


@pytest.mark.parametrize("make", [custom_dataset, lambda: custom_dataset(colour=False, size=48), lambda: soft_votes()])
def test_parquet_gives_back_what_was_written(make: Callable[[], FaceDataset], tmp_path: Path) -> None:
    data = make()
    write_parquet(data, tmp_path / "x.parquet")
    same(read_dataset(tmp_path / "x.parquet"), data)
    assert not list(tmp_path.glob("*.part"))


def soft_votes() -> FaceDataset:
    data = made_dataset(10)
    votes_of(data)[:] = votes_of(data) / 10  # shares instead of counts
    return data


def test_size_and_colour_can_be_asked_for(tmp_path: Path) -> None:
    write_parquet(custom_dataset(), tmp_path / "x.parquet")
    data = read_dataset(tmp_path / "x.parquet", ReadOptions(size_px=32, colour=False))
    assert data.images.shape == (4, 32, 32)
    save(tmp_path / "faces" / "bored" / "1.png", size=100)
    assert read_dataset(tmp_path / "faces", ReadOptions(size_px=96, colour=True)).images.shape == (1, 96, 96, 3)
    assert read_dataset(csv(tmp_path / "f.csv", GOOD), ReadOptions(size_px=64)).images.shape == (1, 64, 64)
    with pytest.raises(InputError, match="size_px must be within"):
        ReadOptions(size_px=4)


@pytest.mark.parametrize(
    ("name", "label", "split"),
    [
        ("train/angry/1.jpg", "angry", "Training"),
        ("angry/train/1.jpg", "angry", "Training"),
        ("validation/angry/1.jpg", "angry", "PublicTest"),
        ("test/angry/1.jpg", "angry", "PrivateTest"),
        ("angry/Training_123.jpg", "angry", "Training"),
        ("angry/PublicTest_123.png", "angry", "PublicTest"),
        ("angry/PrivateTest_123.jpg", "angry", "PrivateTest"),
        ("test/angry/Training_1.jpg", "angry", "PrivateTest"),  # the folder is what somebody sorted it into
        ("angry/Birthday_1.jpg", "angry", "PrivateTest"),
        ("batch1/Angry/1.jpg", "angry", "PrivateTest"),
    ],
)
def test_names_give_label_and_split(name: str, label: str, split: str, tmp_path: Path) -> None:
    save(tmp_path / name)
    data = read_dataset(tmp_path)
    assert FER2013[data.truth("fer2013")[0]] == label
    assert data.split.tolist() == [split]
    assert data.files.tolist() == [name]


def test_other_names_are_classes_of_ones_own(tmp_path: Path) -> None:
    for name in ("train/wink/1.png", "train/happy/2.png", "test/wink/3.png"):
        save(tmp_path / name)
    data = read_dataset(tmp_path)
    assert data.classes == ("happy", "wink")
    assert data.label_sets == {"custom": ("happy", "wink")}
    assert data.truth("custom").tolist() == [1, 0, 1]  # test/wink, train/happy, train/wink


def test_labels_can_be_given(tmp_path: Path) -> None:
    save(tmp_path / "neutral" / "1.png")
    save(tmp_path / "fear" / "1.png")
    assert list(read_dataset(tmp_path).label_sets) == ["fer2013"]
    assert list(read_dataset(tmp_path, ReadOptions(labels="ferplus")).label_sets) == ["ferplus"]
    assert read_dataset(tmp_path, ReadOptions(labels="custom")).classes == ("fear", "neutral")
    with pytest.raises(InputError, match="labels must be one of"):
        ReadOptions(labels="feelings")
    save(tmp_path / "wink" / "1.png")
    with pytest.raises(DataError, match="no labels of fer2013: wink"):
        read_dataset(tmp_path, ReadOptions(labels="fer2013"))


def test_a_misspelt_label_is_no_class(tmp_path: Path) -> None:
    for name in ("angry", "sad", "suprise"):
        save(tmp_path / name / "1.png")
    with pytest.raises(DataError, match=r"suprise/ is no known label: did you mean surprise/\?"):
        read_dataset(tmp_path)
    assert len(read_dataset(tmp_path, ReadOptions(labels="custom")).classes) == 3


def test_an_empty_class_is_named(tmp_path: Path) -> None:
    save(tmp_path / "train" / "happy" / "1.png")
    (tmp_path / "train" / "sad").mkdir()
    with pytest.raises(DataError, match="empty class: no images in train/sad/: add some"):
        read_dataset(tmp_path)


def test_all_bad_images_are_listed_and_skipped_on_request(tmp_path: Path) -> None:
    for index in range(5):
        save(tmp_path / "happy" / f"{index}.png", 40 + index)
    (tmp_path / "happy" / "1.png").write_bytes(b"")
    (tmp_path / "happy" / "3.png").write_bytes(b"dear diary" * 20)
    huge = cv2.imencode(".png", np.zeros((8, 8), np.uint8))[1].tobytes()
    (tmp_path / "happy" / "5.png").write_bytes(huge[:16] + (30_000).to_bytes(4, "big") * 2 + huge[24:])
    with pytest.raises(DataError, match="3 of 6 images cannot be used") as caught:
        read_dataset(tmp_path)
    for words in ("1.png is empty", "3.png is not a picture", "5.png has 30000 x 30000 pixels", "--skip-bad"):
        assert words in str(caught.value)
    data = read_dataset(tmp_path, ReadOptions(skip_bad=True))
    assert data.rows.tolist() == [0, 2, 4]  # the numbers stay
    assert len(data.skipped) == 3


def test_nothing_but_bad_images(tmp_path: Path) -> None:
    (tmp_path / "happy").mkdir()
    (tmp_path / "happy" / "1.png").write_bytes(b"x")
    with pytest.raises(DataError, match="give other data"):
        read_dataset(tmp_path, ReadOptions(skip_bad=True))


def test_all_bad_rows_are_listed_and_skipped_on_request(tmp_path: Path) -> None:
    path = csv(tmp_path / "fer2013.csv", GOOD, f"9,{PIXELS},Training", f"3,{PIXELS} 8,Training", "3", GOOD)
    with pytest.raises(DataError, match=r"3 of 5 rows cannot be used: line 3: emotion.*line 4: .*2305.*line 5: Usage"):
        read_dataset(path)
    assert read_dataset(path, ReadOptions(skip_bad=True)).rows.tolist() == [0, 4]


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_bytes(b"emotion,pixels,Usage\n3,\xff\xfe,Training\n")
    with pytest.raises(DataError, match="not UTF-8 text: save it as CSV in UTF-8"):
        read_dataset(path)
    folder = tmp_path / "faces"
    save(folder / "happy" / "good.png")
    bad = folder / "happy" / b"caf\xe9.png".decode("utf-8", "surrogateescape")
    bad.write_bytes(b"no picture at all")
    with pytest.raises(DataError, match="caf\ufffd\\.png") as caught:
        read_dataset(folder)
    str(caught.value).encode()  # can be printed


@pytest.mark.parametrize(
    ("votes", "words"),
    [
        ("Usage,neutral\nTraining,3\n", "line 2: a vote is missing"),
        (None, "does not exist: give FER"),
    ],
)
def test_votes_can_be_named(votes: str | None, words: str, tmp_path: Path) -> None:
    path = csv(tmp_path / "fer2013.csv", GOOD)
    if votes:
        (tmp_path / "votes.csv").write_text(votes)
    with pytest.raises(DataError, match=words):
        read_dataset(path, ReadOptions(votes=tmp_path / "votes.csv"))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"usage": ["Holiday"], "emotion": [3]}, "usage must be one of"),
        ({"usage": ["Training"], "emotion": [9]}, r"row 0: emotion must be 0\.\.6, got 9"),
        ({"usage": ["Training"], "emotion": ["joy"]}, "emotion must be 0..6, got 'joy'"),
        ({"usage": ["Training"]}, "no face has a label"),
        ({"emotion": [3]}, "expected the columns usage and image"),
        ({"usage": ["Training"], "emotion": [3], "votes_neutral": [1]}, "store all or none"),
    ],
)
def test_bad_parquet(columns: dict[str, list], words: str, tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    image = cv2.imencode(".png", np.zeros((48, 48), np.uint8))[1].tobytes()
    pq.write_table(pa.table({**columns, "image": [image]}), tmp_path / "x.parquet")
    with pytest.raises(DataError, match=words):
        read_dataset(tmp_path / "x.parquet")


def test_bad_images_in_parquet(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    image = cv2.imencode(".png", np.zeros((48, 48), np.uint8))[1].tobytes()
    table = {"usage": ["Training"] * 3, "emotion": [1, 2, 3], "image": [image, b"no", None], "row": [7, 8, 9]}
    pq.write_table(pa.table(table), tmp_path / "x.parquet")
    with pytest.raises(DataError, match=r"2 of 3 rows cannot be used: row 1 .*row 2 is empty"):
        read_dataset(tmp_path / "x.parquet")
    data = read_dataset(tmp_path / "x.parquet", ReadOptions(skip_bad=True))
    assert (data.rows.tolist(), data.truth("fer2013").tolist(), len(data.skipped)) == ([7], [1], 2)


def test_a_new_entry_of_the_table_of_label_sets_is_read_written_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What adding AffectNet's labels takes: one entry."""
    entry = LabelSet("affectnet", "AffectNet", ("neutral", "happy", "sad", "contempt"))
    monkeypatch.setitem(LABEL_SETS, "affectnet", entry)  # type: ignore[arg-type]
    for label in ("contempt", "happy"):
        save(tmp_path / "crops" / "train" / label / "1.png")
    data = read_dataset(tmp_path / "crops")
    assert data.label_sets == {"affectnet": entry.labels}
    assert data.truth("affectnet").tolist() == [3, 1]
    write_parquet(data, tmp_path / "x.parquet")
    same(read_dataset(tmp_path / "x.parquet"), data)
    assert title_of("affectnet") == "AffectNet"
    assert entry.categories == ("neutral", "happiness", "sadness", "contempt")
