"""A person's faces: how they are divided, which labels of a model they mean, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.errors import DataError
from emoar.labels import DEFAULT_HEADS, FER2013
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL, targets_of_names
from emoar.training.personal.faces import in_heads, person_faces

WINKS = ("left", "right")


def dataset(names: list[str], splits: list[str] | None = None, labels: tuple[str, ...] = FER2013) -> FaceDataset:
    """Each face has its own grey."""
    images = np.arange(len(names), dtype=np.uint8)[:, None, None].repeat(8, 1).repeat(8, 2)
    label_set = "fer2013" if labels == FER2013 else "custom"
    split = np.array(splits or ["PrivateTest"] * len(names), np.str_)
    return FaceDataset(images, targets_of_names(names, label_set, labels), split, name="anna")


def test_splits_of_the_data_are_kept() -> None:
    names, splits = ["happy", "sad"] * 8, ["Training"] * 12 + ["PublicTest"] * 4
    faces = person_faces(dataset(names, splits))
    assert faces.training[:, 0, 0].tolist() == list(range(12))
    assert faces.held_back[:, 0, 0].tolist() == [12, 13, 14, 15]
    assert [FER2013[i] for i in faces.held_back_index] == ["happy", "sad"] * 2
    assert faces.counts == {"happy": 6, "sad": 6}


@pytest.mark.parametrize("split", ["PrivateTest", "Training"])
def test_without_two_splits_the_last_quarter_of_each_label_is_held_back(split: str) -> None:
    faces = person_faces(dataset(["happy"] * 8 + ["sad"] * 12, [split] * 20))
    assert faces.held_back[:, 0, 0].tolist() == [6, 7, 17, 18, 19]
    assert faces.counts == {"happy": 6, "sad": 9}


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "anna has no labelled faces: record more with emoar data collect"),
        (["happy"] * 20, "all 20 faces of anna are happy: training needs at least two labels"),
        (["happy"] * 3, "all 3 faces of anna are happy"),
        (
            ["happy", "sad", "angry"],
            "anna has too few faces for training, 1 of angry, 1 of happy, 1 of sad",
        ),
        (["happy"] * 20 + ["sad"] * 5, "too few faces for training, 4 of sad: at least 5 of each label"),
    ],
)
def test_too_few_faces_are_one_clear_line(names: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        person_faces(dataset(names))
    assert "\n" not in str(caught.value)


def test_labels_mean_those_of_the_same_category_in_each_head() -> None:
    meaning = in_heads(("happy", "neutral"), DEFAULT_HEADS, "emoar-m")
    assert {head: index.tolist() for head, index in meaning.items()} == {"ferplus": [1, 0], "fer2013": [3, 6]}
    contempt = in_heads(("contempt", "fear"), DEFAULT_HEADS, "emoar-m")
    assert contempt["fer2013"].tolist() == [NO_LABEL, 2]


def test_labels_of_another_set_are_one_clear_line() -> None:
    with pytest.raises(DataError, match=r"^emoar-m has no label left, right: train a head of these labels"):
        in_heads(WINKS, DEFAULT_HEADS, "emoar-m")
