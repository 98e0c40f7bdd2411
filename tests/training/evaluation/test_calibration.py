"""Calibration, on cases that one can work out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.training.evaluation.calibration import (
    RANGE,
    expected_calibration_error,
    fit_temperature,
    logits_of,
    reliability,
    with_temperature,
)

ODDS = np.log(np.float32([[0.9, 0.1]]))  # a model that is always 90 % sure of the first label


def rows(right: int, wrong: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits of 90 % for the first label, which so many faces have and so many have not."""
    return np.repeat(ODDS, right + wrong, axis=0), np.repeat([0, 1], [right, wrong])


def test_calibration_error() -> None:
    probabilities = np.float32([[0.8, 0.2]] * 10)
    assert expected_calibration_error(probabilities, np.array([True] * 8 + [False] * 2)) == pytest.approx(0, abs=1e-6)
    assert expected_calibration_error(probabilities, np.array([True] * 5 + [False] * 5)) == pytest.approx(0.3, abs=1e-6)
    confidence = probabilities.max(axis=1)
    assert expected_calibration_error(confidence, np.array([True] * 5 + [False] * 5)) == pytest.approx(0.3, abs=1e-6)
    assert np.isnan(expected_calibration_error(np.zeros((0, 2), np.float32), np.zeros(0, bool)))


def test_bins_of_confidence() -> None:
    probabilities = np.float32([[0.55, 0.45], [0.59, 0.41], [1.0, 0.0]])
    found = reliability(probabilities, np.array([True, False, True]), bins=10)
    assert found.count.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 1]  # a confidence of 1 is in the last bin
    assert found.confidence[5] == pytest.approx(0.57)
    assert found.accuracy[[5, 9]].tolist() == [0.5, 1.0]
    assert np.isnan(found.accuracy[0])
    assert found.error == pytest.approx((2 * 0.07 + 0) / 3, abs=1e-6)


def test_a_calibrated_model_needs_no_temperature() -> None:
    assert fit_temperature(*rows(right=9, wrong=1)) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(("right", "wrong"), [(6, 4), (75, 25), (95, 5), (99, 1)])
def test_the_temperature_makes_confidence_equal_accuracy(right: int, wrong: int) -> None:
    """With one logit for all faces the optimum is exact: odds ** (1 / T) = right / wrong."""
    logits, truth = rows(right, wrong)
    temperature = fit_temperature(logits, truth)
    assert temperature == pytest.approx(np.log(9) / np.log(right / wrong), rel=1e-6)
    calibrated = with_temperature(np.exp(logits), temperature)
    assert calibrated[0, 0] == pytest.approx(right / (right + wrong), abs=1e-6)


@pytest.mark.parametrize(("right", "wrong", "end"), [(10, 0, RANGE[0]), (0, 10, RANGE[1]), (5, 5, RANGE[1])])
def test_the_temperature_stays_in_its_range(right: int, wrong: int, end: float) -> None:
    assert fit_temperature(*rows(right, wrong)) == pytest.approx(end)


def test_without_a_face_the_temperature_is_one() -> None:
    assert fit_temperature(np.zeros((0, 7), np.float32), np.zeros(0, np.int64)) == 1.0


def test_the_loss_is_least_at_the_temperature() -> None:
    rng = np.random.default_rng(0)
    logits, truth = rng.normal(0, 4, (200, 5)), rng.integers(5, size=200)
    truth[:120] = logits[:120].argmax(axis=1)
    best = fit_temperature(logits, truth)

    def loss(temperature: float) -> float:
        probabilities = with_temperature(np.exp(logits), temperature)
        return float(-np.log(probabilities[np.arange(200), truth]).mean())

    assert loss(best) < min(loss(best * 0.98), loss(best * 1.02))


def test_a_constant_for_each_row_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    logits, truth = rng.normal(0, 2, (50, 4)), rng.integers(4, size=50)
    shifted = logits + rng.normal(0, 5, (50, 1))
    assert fit_temperature(shifted, truth) == pytest.approx(fit_temperature(logits, truth), rel=1e-9)


def test_logits_of_probabilities_give_them_back() -> None:
    probabilities = np.float32([[0.7, 0.2, 0.1], [1.0, 0.0, 0.0]])
    assert np.isfinite(logits_of(probabilities)).all()
    np.testing.assert_allclose(with_temperature(probabilities, 1.0), probabilities, atol=1e-7)


def test_a_temperature_keeps_the_most_probable_label() -> None:
    probabilities = np.random.default_rng(2).dirichlet(np.ones(8), 20).astype(np.float32)
    for temperature in (0.3, 3.0):
        scaled = with_temperature(probabilities, temperature)
        np.testing.assert_array_equal(scaled.argmax(axis=1), probabilities.argmax(axis=1))
        np.testing.assert_allclose(scaled.sum(axis=1), 1)
