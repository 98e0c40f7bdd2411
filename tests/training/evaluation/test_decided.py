"""Decided labels: of the faces with a prediction, with their own confidence, and unsure below the model's minimum."""

from __future__ import annotations

import numpy as np
import pytest
from marked_faces import CONFIDENCE, Lifted, MarkedPredictor, probabilities

from emoar.labels import FER2013, FERPLUS
from emoar.models.decision import MIRROR, Decision, Rule
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.decided import decide, decision_of, score_decided
from emoar.training.evaluation.predictions import Predictions

HEADS = {"fer2013": FER2013}
RULES = Lifted(2, 0.6, instead_of=6, minimum=0.7)


def predictions(*labels: int) -> Predictions:
    """Of these labels; the last face has no prediction."""
    values = probabilities(np.array([*labels, 0]), len(FER2013))
    values[-1] = np.nan
    return Predictions({"fer2013": values}, np.array([True] * len(labels) + [False]))


def test_each_face_is_decided_by_itself() -> None:
    heads = predictions(6, 1)
    decided = decide(heads, RULES, HEADS)
    values = decided.probabilities["fer2013"]
    assert values[:2].argmax(axis=1).tolist() == [2, 1]
    assert values[:2].max(axis=1) == pytest.approx([0.6, CONFIDENCE])
    assert np.isnan(values[2]).all()
    assert decided.found.tolist() == [True, True, False]
    assert heads.probabilities["fer2013"][0].argmax() == 6  # those of the head stay


@pytest.mark.parametrize(("largest", "is_asked"), [(0.8, True), (0.95, False)])
def test_the_second_prediction_tells_nothing_of_a_face_that_is_sure(largest: float, is_asked: bool) -> None:
    rules = Decision({"ferplus": Rule((1 / 8,) * 8, second=MIRROR)})
    face, other = (
        Predictions({"ferplus": np.array([[p, *[(1 - p) / 7] * 7]], np.float32)}, np.array([True]))
        for p in (largest, 0.3)
    )
    alone, both = (decide(face, rules, {"ferplus": FERPLUS}, second) for second in (None, other))
    apart = float(alone.probabilities["ferplus"].max() - both.probabilities["ferplus"].max())
    assert apart > 0.1 if is_asked else apart == pytest.approx(0, abs=1e-6)


def test_metrics_are_of_the_faces_with_a_label_and_a_prediction() -> None:
    decided = decide(predictions(6, 6, 1, 1), RULES, HEADS)
    found = score_decided(decided, RULES, "fer2013", FER2013, np.array([2, 6, 1, NO_LABEL, 1]))
    assert found.score.count == 3
    assert found.score.accuracy == pytest.approx(2 / 3)
    assert found.unsure == pytest.approx(2 / 3)  # 0.6 is below 0.7, the others have 0.79
    assert found.as_dict()["unsure"] == 0.66667


def test_without_faces_nobody_is_unsure() -> None:
    decided = decide(predictions(1), RULES, HEADS)
    assert np.isnan(score_decided(decided, RULES, "fer2013", FER2013, np.array([NO_LABEL, 1])).unsure)


def test_a_model_without_rules_has_no_decision() -> None:
    assert decision_of(MarkedPredictor(decision=RULES)) is RULES
    assert decision_of(MarkedPredictor(decision=Decision())) is None
    assert decision_of(MarkedPredictor()) is None
