"""Rules are fitted: rare labels gain within what top-1 may lose, and the confidence is what is right."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.labels import FER2013, FERPLUS
from emoar.models.decision import Decision
from emoar.training.decision.conditions import PLAIN, Condition
from emoar.training.decision.fit import MOST_LOST, fit_decision
from emoar.training.decision.results import ConditionResult, results_of

SETS = {"ferplus": FERPLUS}
SHARES = np.array((0.4, 0.3, 0.1, 0.1, 0.06, 0.01, 0.02, 0.01))


def made(name: str, count: int, evidence: float, stated: float, seed: int) -> Condition:
    """Faces whose logits are normal around `evidence` for the true label; a head states `stated` times these.

    With `stated` the same as `evidence`, the head is calibrated: it is Bayes' rule with the shares.
    """
    rng = np.random.default_rng(seed)
    truth = rng.choice(len(SHARES), count, p=SHARES / SHARES.sum())
    observed = rng.normal(size=(count, len(SHARES)))
    observed[np.arange(count), truth] += evidence
    logits = stated * observed + np.log(SHARES)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Condition(name, {"ferplus": powers / powers.sum(axis=1, keepdims=True)}, {"ferplus": truth})


@pytest.fixture(scope="module")
def conditions() -> list[Condition]:
    """Calibrated plain faces, and worse ones, of which the head is too sure."""
    return [made(PLAIN, 6000, 2.2, 2.2, 0), made("dark", 3000, 1.2, 2.2, 1), made("blur", 3000, 1.0, 2.2, 2)]


@pytest.fixture(scope="module")
def decision(conditions: list[Condition]) -> Decision:
    return fit_decision(conditions, SETS, {"ferplus": tuple(SHARES.tolist())})


@pytest.fixture(scope="module")
def results(decision: Decision, conditions: list[Condition]) -> list[ConditionResult]:
    return results_of(decision, conditions, SETS)["ferplus"]


def test_balanced_accuracy_rises_and_top_1_falls_by_no_more_than_allowed(results: list[ConditionResult]) -> None:
    plain = results[0]
    assert plain.decided.balanced_accuracy > plain.head.balanced_accuracy + 0.02
    assert plain.decided.accuracy >= plain.head.accuracy - MOST_LOST
    for shifted in results[1:]:
        assert shifted.decided.balanced_accuracy > shifted.head.balanced_accuracy


def test_confidence_under_shifts_is_nearer_to_what_is_right(results: list[ConditionResult]) -> None:
    before = np.mean([each.head.expected_calibration_error for each in results])
    after = np.mean([each.decided.expected_calibration_error for each in results])
    assert after < before - 0.02


def test_unsure_faces_are_mostly_wrong_and_more_of_them_under_shifts(results: list[ConditionResult]) -> None:
    for shifted in results[1:]:
        assert shifted.unsure > results[0].unsure
        assert shifted.right_of_unsure < 0.5
    assert set(results[0].as_dict()) == {"name", "count", "head", "decided", "unsure", "right_of_unsure"}


def test_another_head_is_used_where_it_helps() -> None:
    plain = made(PLAIN, 4000, 1.5, 1.5, 5)
    truth = plain.truths["ferplus"]
    other: NDArray[np.float64] = np.full((len(truth), len(FER2013)), 0.02)
    places = [FER2013.index(label) for label in ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear")]
    shared = truth < len(places)
    other[np.flatnonzero(shared), np.array(places)[truth[shared]]] = 0.88
    other /= other.sum(axis=1, keepdims=True)
    theirs = np.where(shared, np.array([*places, 0])[truth], -1)
    both = Condition(PLAIN, plain.heads | {"fer2013": other}, plain.truths | {"fer2013": theirs})
    shares = {"ferplus": tuple(SHARES.tolist()), "fer2013": (1 / 7,) * 7}
    rules = fit_decision([both], SETS | {"fer2013": FER2013}, shares).rules
    assert rules["ferplus"].other == "fer2013"
    assert rules["ferplus"].weight >= 0.2
