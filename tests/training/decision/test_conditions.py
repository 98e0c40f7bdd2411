"""Predictions of the validation faces as they are and under shifts, and the shares of the labels."""

from __future__ import annotations

import numpy as np
import pytest
from marked_faces import MarkedPredictor
from training_faces import face_dataset

from emoar.errors import DataError
from emoar.labels import FERPLUS
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.decision.conditions import PLAIN, class_shares, predict_conditions
from emoar.training.evaluation.shifts import shifts_for


@pytest.fixture
def data() -> FaceDataset:
    images = np.zeros((10, 48, 48), np.uint8)
    return face_dataset(images, ["Training"] * 4 + ["PublicTest"] * 6, fer2013=[0, 0, 3, 6, 1, 2, 3, 4, 5, 6])


def test_each_shift_has_one_of_so_many_faces(data: FaceDataset) -> None:
    conditions = predict_conditions(MarkedPredictor(), data, every=3)
    assert [each.name for each in conditions] == [PLAIN, *(shift.name for shift in shifts_for(colour=False))]
    assert conditions[0].is_plain
    assert not conditions[1].is_plain
    assert conditions[0].truths["fer2013"].tolist() == [1, 2, 3, 4, 5, 6]
    assert conditions[1].truths["fer2013"].tolist() == [1, 4]
    for each in conditions:
        np.testing.assert_allclose(each.heads["fer2013"].sum(axis=1), 1)


def test_shares_are_of_the_training_faces_and_never_0(data: FaceDataset) -> None:
    assert class_shares(data, "fer2013") == pytest.approx(np.array([2, 1, 1, 1, 1, 1, 1]) / 8)


def test_nothing_in_common(data: FaceDataset) -> None:
    with pytest.raises(DataError, match="marked and the data have no label set in common"):
        predict_conditions(MarkedPredictor({"ferplus": FERPLUS}), data, every=1)
