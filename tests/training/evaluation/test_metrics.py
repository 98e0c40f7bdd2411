"""The figures of one label set, on cases that one can count by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.metrics import (
    accuracy_of,
    balanced_accuracy_of,
    by_label,
    confusion_of,
    f1_of,
    labelled,
    macro_f1_of,
    precision_of,
    recall_of,
    rounded,
    score,
    score_labels,
)

# true a: 3 found of 4, one called b; true b: 1 found of 2, one called a; true c: none in the data
CONFUSION = np.array([[3, 1, 0], [1, 1, 0], [0, 0, 0]])


def confident(*labels: int, classes: int = 3) -> np.ndarray:
    """(N, C) probabilities: 0.8 for the label, the rest shared by the others."""
    return np.float32([[0.8 if c == label else 0.2 / (classes - 1) for c in range(classes)] for label in labels])


def test_a_confusion_matrix_has_a_row_for_each_true_label() -> None:
    truth, predicted = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 0, 1, 0, 1])
    np.testing.assert_array_equal(confusion_of(truth, predicted, 3), CONFUSION)
    assert confusion_of(truth[:0], predicted[:0], 2).tolist() == [[0, 0], [0, 0]]


def test_figures_of_a_confusion_matrix() -> None:
    assert accuracy_of(CONFUSION) == pytest.approx(4 / 6)
    assert precision_of(CONFUSION)[:2] == pytest.approx([3 / 4, 1 / 2])
    assert recall_of(CONFUSION)[:2] == pytest.approx([3 / 4, 1 / 2])
    assert f1_of(CONFUSION)[:2] == pytest.approx([3 / 4, 1 / 2])
    assert balanced_accuracy_of(CONFUSION) == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert all(np.isnan(figure(CONFUSION)[2]) for figure in (precision_of, recall_of, f1_of))
    assert macro_f1_of(CONFUSION) == pytest.approx((3 / 4 + 1 / 2) / 2)  # over the labels that occur


def test_a_label_that_is_never_predicted_has_an_f1_of_zero() -> None:
    confusion = np.array([[2, 0], [2, 0]])
    assert np.isnan(precision_of(confusion)[1])
    assert f1_of(confusion)[1] == 0
    assert macro_f1_of(confusion) == pytest.approx((2 * 2 / (2 + 4)) / 2)


def test_figures_of_many_resamples_at_once() -> None:
    both = np.stack([CONFUSION, CONFUSION.T])
    for figure in (accuracy_of, balanced_accuracy_of, macro_f1_of, precision_of, recall_of, f1_of):
        np.testing.assert_array_equal(figure(both)[0], figure(CONFUSION))
        np.testing.assert_array_equal(figure(both)[1], figure(CONFUSION.T))


def test_without_a_face_there_is_no_figure() -> None:
    empty = np.zeros((2, 2), np.int64)
    assert np.isnan(accuracy_of(empty))
    assert np.isnan(balanced_accuracy_of(empty))
    assert np.isnan(macro_f1_of(empty))
    found = score(np.zeros((0, 2), np.float32), np.zeros(0, np.int64), ("a", "b"))
    assert found.count == 0
    assert np.isnan(found.accuracy)
    assert np.isnan(found.expected_calibration_error)


def test_accuracy_f1_and_confusion_of_probabilities() -> None:
    found = score(confident(0, 0, 1, 1, 2), np.array([0, 1, 1, 1, NO_LABEL]), ("a", "b", "c"))
    assert found.count == 4
    assert found.accuracy == 0.75
    assert found.confusion.tolist() == [[1, 0, 0], [1, 2, 0], [0, 0, 0]]
    assert found.support.tolist() == [1, 3, 0]
    assert found.precision[:2].tolist() == [0.5, 1.0]
    assert found.recall[1] == pytest.approx(2 / 3)
    assert np.isnan(found.recall[2])
    assert found.balanced_accuracy == pytest.approx((1 + 2 / 3) / 2)
    assert found.macro_f1 == pytest.approx((2 / 3 + 0.8) / 2)
    assert found.expected_calibration_error == pytest.approx(0.05, abs=1e-6)  # 0.8 sure, 0.75 right


def test_predicted_labels_count_with_their_own_confidence() -> None:
    """A label that was decided otherwise than by the largest probability: the two surest are right."""
    predicted, truth = np.array([0, 1, 1, 0]), np.array([0, 1, 0, 1])
    found = score_labels(predicted, np.array([0.9, 0.8, 0.3, 0.2]), truth, ("a", "b"))
    assert (found.accuracy, found.balanced_accuracy) == (0.5, 0.5)
    assert found.coverage.accuracy_at(0.5) == 1.0
    assert found.expected_calibration_error == pytest.approx((0.1 + 0.2 + 0.3 + 0.2) / 4)
    document = found.as_dict()
    assert document["balanced_accuracy"] == 0.5
    assert document["accuracy_at_coverage"] == {"1.0": 0.5, "0.9": 0.5, "0.8": 0.66667, "0.5": 1.0}
    assert document["aurc"] == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4, abs=1e-5)


def test_json_has_null_for_a_figure_that_does_not_exist() -> None:
    found = score(confident(0, 1), np.array([0, 1]), ("a", "b", "c"))
    document = json.loads(json.dumps(found.as_dict()))
    assert document["recall"] == {"a": 1.0, "b": 1.0, "c": None}
    assert document["support"] == {"a": 1, "b": 1, "c": 0}
    assert rounded(2 / 3) == 0.66667
    assert by_label(("a", "b"), np.array([1 / 3, np.nan])) == {"a": 0.33333, "b": None}


def test_rows_without_a_label_are_left_out() -> None:
    probabilities, truth = labelled(confident(0, 1, 2), np.array([NO_LABEL, 1, NO_LABEL]))
    assert truth.tolist() == [1]
    np.testing.assert_array_equal(probabilities, confident(1))
