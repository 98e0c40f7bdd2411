"""Copies of pictures: exact, changed, mirrored, within and across splits."""

from __future__ import annotations

import numpy as np
import pytest
from cleaning_faces import CHANGES, found, grey_dataset, textured

from emoar.training.clean.duplicates import copy_findings, find_copies
from emoar.training.data.exact_copies import exact_copies


@pytest.mark.parametrize("change", CHANGES)
def test_near_copies_are_found(change: str) -> None:
    images = textured(12)
    images[7] = CHANGES[change](images[2])
    copies = find_copies(images)
    assert copies.pairs.tolist() == [[2, 7]]
    assert 0.9 < copies.similarity[0] < 1
    assert copies.groups.tolist() == [0, 1, 2, 3, 4, 5, 6, 2, 8, 9, 10, 11]


def test_copies_within_and_across_splits() -> None:
    images = textured(6)
    images[1] = images[0]
    images[4] = images[3]
    images[5] = CHANGES["brighter"](images[3])
    split = ["Training", "Training", "Training", "Training", "PublicTest", "PrivateTest"]
    data = grey_dataset(images, ["happy", "happy", "happy", "happy", "happy", "happy"], split)
    items = list(copy_findings(data, find_copies(images), "fer2013"))
    assert sorted(found(items)) == [
        ("duplicate", 101, "exclude"),
        ("leakage", 103, "exclude"),
        ("leakage", 104, "exclude"),
    ]
    assert {item.row: item.other_row for item in items} == {101: 100, 103: 104, 104: 105}


@pytest.mark.parametrize(
    ("labels", "suggestions"),
    [(["happy", "sad"], ["review", "review"]), (["happy", "sad", "happy"], ["relabel:happy", "review", "review"])],
)
def test_copies_with_different_labels(labels: list[str], suggestions: list[str]) -> None:
    images = np.repeat(textured(1), len(labels), axis=0)
    items = copy_findings(grey_dataset(images, labels), find_copies(images), "fer2013")
    assert sorted(item.suggestion for item in items if item.name == "conflict") == suggestions


def test_no_images_and_blank_ones_have_no_copies() -> None:
    assert len(find_copies(np.empty((0, 48, 48), np.uint8)).pairs) == 0
    blanks = np.zeros((3, 48, 48), np.uint8)
    assert len(find_copies(blanks, np.zeros(3, np.bool_)).pairs) == 0
    assert exact_copies(blanks) == [[0, 1, 2]]
