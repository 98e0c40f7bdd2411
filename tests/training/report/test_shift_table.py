"""The table of shifts has a row for the faces as they are and one for each shift."""

from __future__ import annotations

import numpy as np

from emoar.training.evaluation.metrics import score_labels
from emoar.training.evaluation.shifted import ShiftResult
from emoar.training.evaluation.shifts import SHIFTS
from emoar.training.report.shift_table import SHIFT_HEADINGS, shift_rows

TRUTH = np.array([0, 0, 0, 1])
CONFIDENCE = np.array([0.9, 0.8, 0.7, 0.6])


def test_a_row_has_the_metrics_below_the_headings() -> None:
    plain = score_labels(TRUTH, CONFIDENCE, TRUTH, ("a", "b"))
    dark = score_labels(np.zeros(4, np.int64), CONFIDENCE, TRUTH, ("a", "b"))
    first, second = shift_rows(plain, [ShiftResult(SHIFTS["dark"], {"x": dark})], "x")
    assert dict(zip(SHIFT_HEADINGS, first, strict=True)) == {
        "shift": "none",
        "top-1": "100.0 %",
        "balanced": "100.0 %",
        "ECE": "25.0 %",
        "top-1 at 80 %": "100.0 %",
    }
    assert second == ("dark", "75.0 %", "50.0 %", "30.0 %", "100.0 %")
