"""Counts, duplicates and problems of a dataset."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from training_faces import face_dataset, made_dataset

from emoar.errors import DataError
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.summary import check_trainable, class_problems, summarise


def of_classes(*places: str) -> FaceDataset:
    """Faces such as "wink:Training:12"."""
    rows = [(label, split) for place in places for label, split, n in [place.split(":")] for _ in range(int(n))]
    classes = tuple(sorted({label for label, _ in rows} | {"wink", "wide"}))
    rng = np.random.default_rng(0)
    return face_dataset(
        rng.integers(0, 256, (len(rows), 8, 8)).astype(np.uint8),
        [split for _, split in rows],
        custom=[classes.index(label) for label, _ in rows],
        classes=classes,
    )


@pytest.mark.parametrize(
    ("places", "words"),
    [
        (["wink:Training:12"], "the class wide is empty"),
        (
            ["wink:Training:12", "wide:Training:12", "wide:PublicTest:3"],
            "all 12 faces of the class wink are in Training",
        ),
        (["wink:Training:12", "wide:PublicTest:12", "wink:PublicTest:1"], "all 12 faces of the class wide are in Pub"),
        (["wink:PublicTest:12", "wide:PublicTest:12"], "no face of split Training"),
    ],
)
def test_classes_that_cannot_be_trained(places: list[str], words: str) -> None:
    with pytest.raises(DataError, match=words):
        check_trainable(of_classes(*places), "custom")


def test_classes_that_can() -> None:
    data = of_classes("wink:Training:12", "wide:Training:3", "wink:PublicTest:3", "wide:PublicTest:3")
    check_trainable(data, "custom")
    assert class_problems(data) == ["custom: few faces of wide in Training (3): add some"]
    check_trainable(made_dataset(200), "fer2013")  # five of its seven labels
    with pytest.raises(DataError, match="has no labels of ferplus, but custom"):
        check_trainable(data, "ferplus")


def test_summary() -> None:
    data = made_dataset(40)
    data.images[3] = data.images[0]
    data.split[0], data.split[3] = "Training", "PrivateTest"
    summary = summarise(replace(data, name="made", licence="CC0"))
    assert (summary.faces, summary.size_px, summary.colour, summary.licence) == (40, 48, "grey", "CC0")
    assert (summary.duplicates, summary.duplicates_across_splits) == (1, 1)
    assert sum(summary.classes["fer2013"]["happy"].values()) == 8
    assert summary.votes_per_face == 10
    assert sum(summary.splits.values()) == 40
    assert set(summary.one_tagger["ferplus"]) == set(summary.splits)
    assert 0.5 < summary.one_tagger["ferplus"]["Training"].accuracy < 1
    assert summary.as_dict()["one_tagger"]["ferplus"]["Training"]["faces"] == summary.splits["Training"]
