"""Labels, splits and label sets from the names of folders."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from emoar.errors import DataError
from emoar.labels import FER2013, FERPLUS
from emoar.training.data.names import columns_named, label_and_split, label_named, labels_of_folders, split_named


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
        ("happy/aligned/1.jpg", "happy", None),
        ("Train/Fearful faces/part 2/1.jpg", "fearful faces", "Training"),
        ("photos/wink/1.jpg", "wink", None),
    ],
)
def test_label_and_split_of_a_path(path: str, label: str | None, split: str | None) -> None:
    assert label_and_split(PurePath(path)) == (label, split)


@pytest.mark.parametrize(
    ("names", "wanted", "label_set", "labels"),
    [
        ({"happy", "sad"}, "auto", "fer2013", FER2013),
        ({"happiness", "contempt"}, "auto", "ferplus", FERPLUS),
        ({"neutral", "fear"}, "auto", "fer2013", FER2013),  # both sets have them: one label a face comes first
        ({"neutral", "fear"}, "ferplus", "ferplus", FERPLUS),
        ({"happy", "wink"}, "auto", "custom", ("happy", "wink")),
        ({"smile", "wink"}, "auto", "custom", ("smile", "wink")),
        ({"wink", "stare"}, "auto", "custom", ("stare", "wink")),
        ({"sad", "happy"}, "custom", "custom", ("happy", "sad")),
        ({"anger", "happy", "sadness"}, "auto", "fer2013", FER2013),
        ({"anger", "happy", "contemptuous"}, "auto", "ferplus", FERPLUS),
    ],
)
def test_the_label_set_of_folders(names: set[str], wanted: str, label_set: str, labels: tuple[str, ...]) -> None:
    found = labels_of_folders(names, wanted, "faces")
    assert (found.label_set, found.labels) == (label_set, labels)
    assert found.label_of.keys() == names
    assert set(found.label_of.values()) <= set(labels)


def test_folders_in_other_forms_are_labels() -> None:
    names = {"disgusted", "fearful", "surprised", "joy", "angry", "neutral", "sadness"}
    assert labels_of_folders(names, "auto", "faces").label_of == {
        "disgusted": "disgust",
        "fearful": "fear",
        "surprised": "surprise",
        "joy": "happy",
        "angry": "angry",
        "neutral": "neutral",
        "sadness": "sad",
    }


@pytest.mark.parametrize(
    ("names", "wanted", "words"),
    [
        (
            {"happy", "happiness"},
            "auto",
            "faces: the folders happiness/ and happy/ both mean happy: merge them, or read",
        ),
        ({"happy", "sad", "angri"}, "auto", r"angri/ is no known label: did you mean angry/\?"),
        ({"happy", "wink"}, "fer2013", "faces: no labels of fer2013: wink; it has angry"),
        ({"happy", "contemptuous"}, "fer2013", "faces: no labels of fer2013: contemptuous; it has angry"),
    ],
)
def test_names_that_fit_no_label_set(names: set[str], wanted: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        labels_of_folders(names, wanted, "faces")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Happy", "happy"),
        (" SURPRISED ", "surprise"),
        ("happiness", "happy"),
        ("03_fearful", "fear"),
        ("5. Disgusted faces", "disgust"),
        ("neutral-expression", "neutral"),
        ("contempt", None),
        ("wink", None),
        ("3", None),
        ("²", None),
        ("", None),
    ],
)
def test_the_label_that_a_name_means(name: str, label: str | None) -> None:
    assert label_named(name, FER2013) == label


def test_labels_of_a_users_own_set_are_found_by_their_words() -> None:
    assert label_named("Tongue-Out", ("wink", "tongue out")) == "tongue out"


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("Public Test", "PublicTest"),
        ("PRIVATE_TEST", "PrivateTest"),
        (" train ", "Training"),
        ("happy", None),
        ("", None),
    ],
)
def test_the_split_that_a_name_means(name: str, split: str | None) -> None:
    assert split_named(name) == split


def test_columns_in_other_spellings() -> None:
    assert columns_named([" Usage", "Image name", "NF", "\ufeffEmotion"]) == [
        "usage",
        "image_name",
        "not_a_face",
        "emotion",
    ]
    assert columns_named(["label", "pixels", "Split"]) == ["emotion", "pixels", "usage"]
    assert columns_named(["emotion", "label"]) == ["emotion", "label"]
