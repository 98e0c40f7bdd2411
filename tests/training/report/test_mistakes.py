"""The most confident mistakes of an evaluation come first."""

from __future__ import annotations

import pytest
from training_faces import made_dataset

from emoar.training.evaluation.evaluate import evaluate
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.results import EvaluateOptions
from emoar.training.report.mistakes import mistakes


def test_mistakes_are_the_surest_first() -> None:
    predictor = open_predictor("emoar-s")
    try:
        evaluation = evaluate(predictor, made_dataset(120), EvaluateOptions(resamples=5))
    finally:
        predictor.close()
    found = mistakes(evaluation, "fer2013", 5)
    assert len(found) == 5
    probabilities = evaluation.predictions.probabilities["fer2013"]
    truth = evaluation.sets["fer2013"].truth
    for mistake in found:
        assert mistake.truth == truth[mistake.place] != mistake.predicted == probabilities[mistake.place].argmax()
        assert mistake.confidence == pytest.approx(probabilities[mistake.place].max())
    wrong = (probabilities.argmax(axis=1) != truth) & (truth >= 0)
    assert [m.confidence for m in found] == sorted(probabilities[wrong].max(axis=1).tolist(), reverse=True)[:5]
