"""Rare classes and their weights."""

from __future__ import annotations

from cleaning_faces import grey_dataset, textured

from emoar.labels import FER2013
from emoar.training.clean.imbalance import imbalance


def test_rare_classes() -> None:
    data = grey_dataset(textured(20), ["happy"] * 16 + ["sad"] + ["fear"] * 3)
    items = list(imbalance(data, "fer2013"))
    assert [item.detail.split(":")[0] for item in items] == ["angry", "disgust", "sad", "surprise", "neutral"]
    assert items[2].suggestion == "weight:2.86"
    assert items[0].suggestion == "review"


def test_equal_classes_and_faces_of_other_splits_give_no_finding() -> None:
    names = [name for name in FER2013 for _ in range(3)]
    assert list(imbalance(grey_dataset(textured(21), names), "fer2013")) == []
    split = ["Training"] * 21 + ["PublicTest"] * 20
    assert list(imbalance(grey_dataset(textured(41), names + ["sad"] * 20, split), "fer2013")) == []
