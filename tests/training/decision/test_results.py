"""The figures of a decision beside those of the heads."""

from __future__ import annotations

import math

import numpy as np

from emoar.models.decision import Decision, Rule
from emoar.training.decision.conditions import PLAIN, Condition
from emoar.training.decision.results import results_of

SETS = {"custom": ("asleep", "awake")}
FACES = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.55, 0.45]])


def test_figures_of_two_labels() -> None:
    condition = Condition(PLAIN, {"custom": FACES}, {"custom": np.array([0, 1, 1, -1])})
    decision = Decision({"custom": Rule((0.8, 0.2), tau=0.5, unsure_below=0.7)})
    (found,) = results_of(decision, [condition], SETS)["custom"]
    assert (found.decided.count, found.head.accuracy) == (3, 2 / 3)  # the last face has no label
    assert found.decided.accuracy == 1.0
    assert math.isclose(found.unsure, 1 / 3)  # evidence of 0.4 for the decided label
    assert found.right_of_unsure == 1.0
    assert found.cells()[:2] == ("3", "66.7 -> 100.0")


def test_without_unsure_faces() -> None:
    condition = Condition(PLAIN, {"custom": FACES[:1]}, {"custom": np.array([0])})
    (found,) = results_of(Decision({"custom": Rule((0.5, 0.5))}), [condition], SETS)["custom"]
    assert found.unsure == 0.0
    assert found.as_dict()["right_of_unsure"] is None
    assert found.cells()[-1] == "-"
