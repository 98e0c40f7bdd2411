"""The predictor of the shown label: each row is decided, the rest is that of the predictor inside."""

from __future__ import annotations

import numpy as np
from marked_faces import CONFIDENCE, MarkedPredictor

from emoar.labels import FER2013
from emoar.models.decision import Decision, Rule
from emoar.training.evaluation.predictor import Predictor
from emoar.training.evaluation.predictor_decided import DecidedPredictor
from emoar.training.faces.inputs import FaceBatch


def test_rows_are_decided() -> None:
    shares = (0.9, 0.01, 0.01, 0.02, 0.02, 0.02, 0.02)
    heads = MarkedPredictor()
    predictor: Predictor = DecidedPredictor(heads, Decision({"fer2013": Rule(shares, tau=1.0)}))
    crops = np.zeros((3, 48, 48), np.uint8)
    crops[:, 0, 0] = [0, 3, 6]
    found = predictor.predict(FaceBatch(crops, None))["fer2013"]
    assert found.shape == (3, len(FER2013))
    assert found.argmax(axis=1).tolist() == [1, 3, 6]  # the first label is 90 % of the faces
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(found[1:].max(axis=1), CONFIDENCE, atol=1e-5)
    assert (predictor.name, predictor.label_sets) == (heads.name, heads.label_sets)
    predictor.close()
    assert heads.closed
