"""The time of a face, and the outputs of the faces that were timed."""

from __future__ import annotations

import numpy as np
import pytest
from marked_faces import MarkedPredictor, probabilities

from emoar.training.evaluation import latency
from emoar.training.evaluation.latency import measure
from emoar.training.faces.inputs import FaceBatch


def test_each_face_is_run_alone_and_the_median_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.004, 1.0, 1.002, 2.0, 2.5])  # before and after each of three faces
    monkeypatch.setattr(latency.time, "perf_counter", lambda: next(clock))
    crops = np.zeros((3, 48, 48), np.uint8)
    crops[:, 0, 0] = 2, 4, 6
    predictor = MarkedPredictor()
    found = measure(predictor, FaceBatch(crops))
    assert found.latency_ms == pytest.approx(4)
    np.testing.assert_array_equal(found.outputs["fer2013"], probabilities(np.array([2, 4, 6]), 7))
    assert predictor.batches == [1] * 6  # three of them to warm up
