"""The true labels in the label sets of a model: published ones by name, a user's own by the names of the labels."""

from __future__ import annotations

import pytest
from marked_faces import NO_LABEL, MarkedPredictor, marked_dataset
from training_faces import face_dataset

from emoar.errors import DataError
from emoar.labels import FER2013
from emoar.training.evaluation.truths import common_truths, truth_in


def test_own_classes_are_matched_by_name() -> None:
    images = marked_dataset([0, 0, 0], [0, 1, 0]).images
    data = face_dataset(images, ["PrivateTest"] * 3, custom=[0, 1, NO_LABEL], classes=("sad", "happy"))
    truth = truth_in(data, "custom", ("happy", "other"))
    assert truth.index.tolist() == [NO_LABEL, 0, NO_LABEL]
    assert (truth.labels, truth.unknown) == (("happy", "other"), 1)


def test_fer2013_counts_as_itself_alone() -> None:
    truth = truth_in(marked_dataset([1, 2], [1, 2]), "fer2013", FER2013)
    assert (truth.index.tolist(), truth.unknown) == ([1, 2], 0)


def test_only_common_label_sets_have_truths() -> None:
    predictor = MarkedPredictor({"fer2013": FER2013, "custom": ("a", "b")})
    assert list(common_truths(predictor, marked_dataset([1], [1]))) == ["fer2013"]


def test_a_model_with_other_labels_than_the_data_is_refused() -> None:
    with pytest.raises(DataError, match=r"marked and the data have no label in common: it has custom \(a, b\)"):
        common_truths(MarkedPredictor({"custom": ("a", "b")}), marked_dataset([1], [1]))
