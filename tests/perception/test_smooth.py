from __future__ import annotations

import numpy as np
import pytest

from emoar.labels import FERPLUS, UNSURE
from emoar.perception.smooth import ExpressionSmoother, SmootherOptions, next_label

OPTIONS = SmootherOptions(minimum_confidence=0.4, hysteresis=0.1)


def probabilities(**named: float) -> np.ndarray:
    rest = (1 - sum(named.values())) / (len(FERPLUS) - len(named))
    return np.array([named.get(label, rest) for label in FERPLUS], np.float32)


FLAT = np.full(7, 1 / 7, np.float32)


def both(ferplus: np.ndarray, fer2013: np.ndarray = FLAT) -> dict[str, np.ndarray]:
    return {"ferplus": ferplus, "fer2013": fer2013}


@pytest.mark.parametrize(
    ("current", "now", "expected"),
    [
        (UNSURE, {"happiness": 0.9}, "happiness"),
        (UNSURE, {"happiness": 0.41}, "happiness"),
        (UNSURE, {"happiness": 0.39}, UNSURE),
        ("happiness", {"happiness": 0.45, "neutral": 0.5}, "happiness"),  # does not lead by enough
        ("happiness", {"happiness": 0.35, "neutral": 0.5}, "neutral"),
        ("happiness", {"happiness": 0.32}, "happiness"),  # still above the lower limit
        ("happiness", {"happiness": 0.28}, UNSURE),
    ],
)
def test_next_label(current: str, now: dict[str, float], expected: str) -> None:
    assert next_label(probabilities(**now).astype(np.float64), FERPLUS, current, OPTIONS) == expected


def test_one_odd_frame_changes_nothing_but_a_lasting_change_does() -> None:
    smoother = ExpressionSmoother(SmootherOptions())
    labels = []
    for index in range(60):
        odd = index == 20 or index >= 40
        p = probabilities(anger=0.9) if odd else probabilities(happiness=0.9)
        labels.append(smoother.smooth(1, index / 30, both(p)).label)
    assert set(labels[:40]) == {"happiness"}
    assert labels[40] == "happiness"
    assert labels[55:] == ["anger"] * 5


def test_probabilities_sum_to_one_in_order_and_confidence_is_the_largest() -> None:
    smoother = ExpressionSmoother(SmootherOptions(label_set="fer2013"))
    for index in range(5):
        found = smoother.smooth(1, index / 30, both(probabilities(fear=0.5), FLAT * (1 + index / 100)))
    assert tuple(found.ferplus) == FERPLUS
    assert sum(found.ferplus.values()) == pytest.approx(1)
    assert sum(found.fer2013.values()) == pytest.approx(1)
    assert found.probabilities is found.fer2013
    assert found.confidence == max(found.fer2013.values())
    assert found.label == UNSURE


def test_since_is_when_the_label_began() -> None:
    smoother = ExpressionSmoother(SmootherOptions(time_constant_s=0))
    begun = [
        smoother.smooth(1, t, both(probabilities(**{name: 0.9}))).since_s
        for t, name in enumerate(["happiness", "happiness", "anger", "anger", "happiness"])
    ]
    assert begun == [0, 0, 2, 2, 4]


def test_a_face_that_cannot_be_judged_is_unsure_and_leaves_the_average_alone() -> None:
    smoother = ExpressionSmoother(SmootherOptions())
    smoother.smooth(1, 0.0, both(probabilities(happiness=0.9)))
    hidden = smoother.smooth(1, 0.1, both(probabilities(anger=0.9)), usable=False)
    assert hidden.label == UNSURE
    assert hidden.ferplus["happiness"] == pytest.approx(0.9, abs=1e-6)
    assert smoother.smooth(1, 0.2, both(probabilities(happiness=0.9))).label == "happiness"


def test_faces_do_not_mix_and_are_forgotten() -> None:
    smoother = ExpressionSmoother(SmootherOptions())
    smoother.smooth(1, 0, both(probabilities(happiness=0.9)))
    assert smoother.smooth(2, 0, both(probabilities(anger=0.9))).label == "anger"
    smoother.keep_only({2})
    assert smoother.smooth(1, 0.1, both(probabilities(sadness=0.9))).label == "sadness"
    smoother.reset()
    assert smoother.smooth(2, 0.2, both(probabilities(fear=0.9))).label == "fear"
