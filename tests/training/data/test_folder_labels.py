"""Labels, splits and label sets from the names of folders."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from emoar.errors import DataError
from emoar.labels import FER2013, FERPLUS
from emoar.training.data.folder_labels import label_and_split, label_set_of


@pytest.mark.parametrize(
    ("path", "label", "split"),
    [
        ("train/angry/1.jpg", "angry", "Training"),
        ("angry/Valid/1.jpg", "angry", "PublicTest"),
        ("batch/dev/Angry/1.jpg", "angry", "PublicTest"),
        ("angry/PrivateTest_7.jpg", "angry", "PrivateTest"),
        ("train/angry/PrivateTest_7.jpg", "angry", "Training"),
        ("angry/training.jpg", "angry", None),
        ("angry/1.jpg", "angry", None),
        ("train/1.jpg", None, "Training"),
        ("1.jpg", None, None),
    ],
)
def test_label_and_split_of_a_path(path: str, label: str | None, split: str | None) -> None:
    assert label_and_split(PurePath(path)) == (label, split)


@pytest.mark.parametrize(
    ("names", "wanted", "found"),
    [
        ({"happy", "sad"}, "auto", ("fer2013", FER2013)),
        ({"happiness", "contempt"}, "auto", ("ferplus", FERPLUS)),
        ({"neutral", "fear"}, "auto", ("fer2013", FER2013)),  # both sets have them: one label a face comes first
        ({"neutral", "fear"}, "ferplus", ("ferplus", FERPLUS)),
        ({"happy", "wink"}, "auto", ("custom", ("happy", "wink"))),
        ({"wink", "stare"}, "auto", ("custom", ("stare", "wink"))),
        ({"sad", "happy"}, "custom", ("custom", ("happy", "sad"))),
    ],
)
def test_the_label_set_of_names(names: set[str], wanted: str, found: tuple[str, tuple[str, ...]]) -> None:
    assert label_set_of(names, wanted, "faces") == found


@pytest.mark.parametrize(
    ("names", "wanted", "words"),
    [
        ({"happy", "happiness"}, "auto", r"faces: the folders mix FER2013 names \(happy\) with FER\+ names \(happ"),
        ({"happy", "sad", "angri"}, "auto", r"angri/ is no known label: did you mean angry/\?"),
        ({"happy", "wink"}, "fer2013", "faces: no labels of fer2013: wink; it has angry"),
    ],
)
def test_names_that_fit_no_label_set(names: set[str], wanted: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        label_set_of(names, wanted, "faces")
