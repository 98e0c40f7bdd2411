"""The dataset checks its arrays, selects faces and sorts its label sets."""

from __future__ import annotations

import numpy as np
import pytest
from training_faces import face_dataset

from emoar.errors import DataError
from emoar.labels import FERPLUS
from emoar.training.data.face_dataset import FaceDataset, label_set_preference
from emoar.training.data.targets import NO_LABEL, VoteTargets


def dataset_with_votes(votes: list[list[float]]) -> FaceDataset:
    count = len(votes)
    images = np.zeros((count, 48, 48), np.uint8)
    return face_dataset(images, ["Training"] * count, fer2013=[0] * count, votes=np.float32(votes))


def test_an_absent_split_is_named() -> None:
    data = dataset_with_votes([[1] * 10])
    assert len(data.of_split("Training")) == 1
    with pytest.raises(DataError, match="PrivateTest: the data holds Training"):
        data.of_split("PrivateTest")


def test_shapes_are_checked() -> None:
    with pytest.raises(DataError, match=r"votes must be \(N, 10\), got \(1, 8\)"):
        face_dataset(np.zeros((1, 48, 48), np.uint8), ["Training"], votes=np.zeros((1, 8), np.float32))


def test_label_sets_are_in_the_order_of_a_networks_heads() -> None:
    data = face_dataset(
        np.zeros((2, 8, 8), np.uint8), ["Training"] * 2, custom=[0, 1], classes=("a", "b"), fer2013=[3, 4]
    )
    assert list(data.with_targets(ferplus=VoteTargets(FERPLUS, ("x",), np.ones((2, 9), np.float32))).targets) == [
        "ferplus",
        "fer2013",
        "custom",
    ]
    assert data.classes == ("a", "b")


def test_a_set_without_any_label_is_none_that_can_be_learned() -> None:
    data = face_dataset(
        np.zeros((2, 8, 8), np.uint8), ["Training"] * 2, fer2013=[3, 4], votes=np.zeros((2, 10), np.float32)
    )
    assert list(data.targets) == ["ferplus", "fer2013"]
    assert list(data.label_sets) == ["fer2013"]
    assert data.voted == {}
    assert data.truth("custom").tolist() == [NO_LABEL, NO_LABEL]


def test_faces_keep_their_rows_when_they_are_selected() -> None:
    data = face_dataset(np.arange(3, dtype=np.uint8)[:, None, None] * np.ones((8, 8), np.uint8), ["Training"] * 3)
    chosen = data.take(np.array([2, 0])).take(np.array([0]))
    assert (len(chosen), chosen.rows.tolist(), chosen.images[0, 0, 0]) == (1, [2], 2)
    assert (chosen.size_px, chosen.colour, chosen.files.tolist()) == (8, False, [""])


def test_classes_of_the_data_are_preferred_to_labels_and_labels_to_votes() -> None:
    assert sorted(["unknown", "ferplus", "fer2013", "custom"], key=label_set_preference) == [
        "custom",
        "fer2013",
        "ferplus",
        "unknown",
    ]
