"""The tables hold what was measured: each column has its own figures below the headings."""

from __future__ import annotations

import pytest
from marked_faces import MarkedPredictor, marked_dataset

from emoar.cli.evaluation_tables import print_evaluation
from emoar.training.evaluation.evaluate import evaluate
from emoar.training.evaluation.results import EvaluateOptions


def test_rows_of_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    """Two of label 1, both right; two of label 2, one right: balanced is as top-1, and nobody is surer than others."""
    data = marked_dataset([1, 1, 2, 2, 3], [1, 1, 2, 0, 3])
    print_evaluation(evaluate(MarkedPredictor(), data, EvaluateOptions(resamples=5)), "faces.csv")
    rows = [line.rsplit("  ", 1) for line in capsys.readouterr().out.splitlines()]
    figures = {row[0].strip(): row[1].strip() for row in rows if len(row) == 2}
    assert figures["faces"] == "5"
    assert figures["top-1"] == "80.00 %"
    assert figures["balanced"] == "83.33 %"
    assert figures["top-1, surest 50%"] == "80.0 %"
    assert figures["AURC"] == "0.200"
    assert figures["one tagger"] == "-"
