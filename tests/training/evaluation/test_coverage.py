"""Accuracy at a coverage, on faces that one can count."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.training.evaluation.coverage import coverage_of


def test_the_most_confident_faces_come_first() -> None:
    found = coverage_of(np.array([0.5, 0.9, 0.6, 0.8]), np.array([False, True, False, True]))
    np.testing.assert_allclose(found.accuracy, [1, 1, 2 / 3, 1 / 2])
    assert found.accuracy_at(1.0) == 0.5
    assert found.accuracy_at(0.5) == 1.0
    assert found.accuracy_at(0.75) == pytest.approx(2 / 3)
    assert found.area_under_risk == pytest.approx(1 - (1 + 1 + 2 / 3 + 1 / 2) / 4)


def test_a_share_is_at_least_one_face() -> None:
    assert coverage_of(np.array([0.2, 0.3]), np.array([False, True])).accuracy_at(0.01) == 1.0


def test_equal_confidences_count_with_their_mean_in_each_order() -> None:
    confidence = np.array([0.7, 0.7, 0.7, 0.7, 0.9])
    correct = np.array([True, False, False, True, True])
    found = coverage_of(confidence, correct)
    np.testing.assert_allclose(found.accuracy, [1, 1.5 / 2, 2 / 3, 2.5 / 4, 3 / 5])
    other = coverage_of(confidence[::-1], correct[[4, 2, 1, 3, 0]])
    np.testing.assert_allclose(other.accuracy, found.accuracy)


def test_no_faces_have_no_accuracy() -> None:
    found = coverage_of(np.zeros(0), np.zeros(0, np.bool_))
    assert np.isnan(found.accuracy_at(0.8))
    assert np.isnan(found.area_under_risk)
