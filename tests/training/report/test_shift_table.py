"""The tables of shifts have a row for the faces as they are and one for each shift, of the head and of the decision."""

from __future__ import annotations

import numpy as np
import pytest
from marked_faces import Lifted, MarkedPredictor, marked_dataset

from emoar.training.evaluation import evaluate as module
from emoar.training.evaluation.evaluate import evaluate
from emoar.training.evaluation.results import EvaluateOptions
from emoar.training.evaluation.shifts import Shift
from emoar.training.report.shift_table import SHIFT_HEADINGS, shift_tables

MOVED = Shift("moved", "by a pixel: label 0", lambda face, _: np.roll(face, 1, axis=1))


@pytest.fixture(autouse=True)
def one_shift(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "shifts_for", lambda *, colour: () if colour else (MOVED,))


def tables(decision: Lifted | None) -> dict[str, list[tuple[str, ...]]]:
    data = marked_dataset([0, 0, 0, 2], [0, 0, 1, 2])
    found = evaluate(MarkedPredictor(decision=decision), data, EvaluateOptions(resamples=5, shifts=True))
    return dict(shift_tables(found, "fer2013"))


def test_a_row_has_the_metrics_below_the_headings() -> None:
    assert tables(None) == {
        "FER2013, the head": [
            ("none", "75.0 %", "83.3 %", "4.0 %", "75.0 %", "-"),
            ("moved", "75.0 %", "50.0 %", "4.0 %", "75.0 %", "-"),
        ]
    }
    assert len(SHIFT_HEADINGS) == 6


def test_the_decided_label_has_a_table_of_its_own() -> None:
    decided = tables(Lifted(2, 0.5, instead_of=0, minimum=0.6))["FER2013, the decided label"]
    assert [row[0] for row in decided] == ["none", "moved"]
    assert [row[1] for row in decided] == ["25.0 %", "25.0 %"]
    assert [row[-1] for row in decided] == ["50.0 %", "100.0 %"]
