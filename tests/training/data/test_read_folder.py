"""Crops in folders named after labels, and every way in which such folders are wrong."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from labelled_files import save_image

from emoar.errors import DataError, InputError
from emoar.labels import FER2013
from emoar.training.data.options import ReadOptions
from emoar.training.data.read import read_dataset
from emoar.training.data.targets import NO_LABEL


def test_folders_named_after_expressions(tmp_path: Path) -> None:
    save_image(tmp_path / "train" / "happy" / "1.png", 10)
    save_image(tmp_path / "train" / "sad" / "2.png", 20)
    save_image(tmp_path / "PrivateTest" / "happy" / "3.png", 30, size=96)
    data = read_dataset(tmp_path)
    assert sorted(
        zip(data.split.tolist(), data.truth("fer2013").tolist(), data.images[:, 0, 0].tolist(), strict=True)
    ) == [
        ("PrivateTest", FER2013.index("happy"), 30),
        ("Training", FER2013.index("happy"), 10),
        ("Training", FER2013.index("sad"), 20),
    ]
    assert (data.truth("ferplus") == NO_LABEL).all()


def test_ferplus_folders_and_a_mixture(tmp_path: Path) -> None:
    save_image(tmp_path / "happiness" / "1.png")
    save_image(tmp_path / "neutral" / "2.png")
    data = read_dataset(tmp_path)
    assert sorted(data.truth("ferplus").tolist()) == [0, 1]
    assert (data.truth("fer2013") == NO_LABEL).all()
    save_image(tmp_path / "happy" / "3.png")
    with pytest.raises(DataError, match="mix"):
        read_dataset(tmp_path)


def test_a_corrupt_image_is_named(tmp_path: Path) -> None:
    save_image(tmp_path / "happy" / "1.png")
    (tmp_path / "happy" / "2.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"happy/2\.png"):
        read_dataset(tmp_path)


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
    save_image(tmp_path / name)
    data = read_dataset(tmp_path)
    assert FER2013[data.truth("fer2013")[0]] == label
    assert data.split.tolist() == [split]
    assert data.files.tolist() == [name]


def test_other_names_are_classes_of_the_data(tmp_path: Path) -> None:
    for name in ("train/wink/1.png", "train/happy/2.png", "test/wink/3.png"):
        save_image(tmp_path / name)
    data = read_dataset(tmp_path)
    assert data.classes == ("happy", "wink")
    assert data.label_sets == {"custom": ("happy", "wink")}
    assert data.truth("custom").tolist() == [1, 0, 1]  # test/wink, train/happy, train/wink


def test_labels_can_be_given(tmp_path: Path) -> None:
    save_image(tmp_path / "neutral" / "1.png")
    save_image(tmp_path / "fear" / "1.png")
    assert list(read_dataset(tmp_path).label_sets) == ["fer2013"]
    assert list(read_dataset(tmp_path, ReadOptions(labels="ferplus")).label_sets) == ["ferplus"]
    assert read_dataset(tmp_path, ReadOptions(labels="custom")).classes == ("fear", "neutral")
    with pytest.raises(InputError, match="labels must be one of"):
        ReadOptions(labels="feelings")
    save_image(tmp_path / "wink" / "1.png")
    with pytest.raises(DataError, match="no labels of fer2013: wink"):
        read_dataset(tmp_path, ReadOptions(labels="fer2013"))


def test_a_misspelt_label_is_no_class(tmp_path: Path) -> None:
    for name in ("angry", "sad", "suprise"):
        save_image(tmp_path / name / "1.png")
    with pytest.raises(DataError, match=r"suprise/ is no known label: did you mean surprise/\?"):
        read_dataset(tmp_path)
    assert len(read_dataset(tmp_path, ReadOptions(labels="custom")).classes) == 3


def test_an_empty_class_is_named(tmp_path: Path) -> None:
    save_image(tmp_path / "train" / "happy" / "1.png")
    (tmp_path / "train" / "sad").mkdir()
    with pytest.raises(DataError, match="empty class: no images in train/sad/: add some"):
        read_dataset(tmp_path)


def test_all_bad_images_are_listed_and_skipped_on_request(tmp_path: Path) -> None:
    for index in range(5):
        save_image(tmp_path / "happy" / f"{index}.png", 40 + index)
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


def test_a_file_name_that_is_not_utf8_can_be_printed(tmp_path: Path) -> None:
    folder = tmp_path / "faces"
    save_image(folder / "happy" / "good.png")
    bad = folder / "happy" / b"caf\xe9.png".decode("utf-8", "surrogateescape")
    bad.write_bytes(b"no picture at all")
    with pytest.raises(DataError, match="caf\ufffd\\.png") as caught:
        read_dataset(folder)
    str(caught.value).encode()  # can be printed
