"""Runs as rows of text."""

from __future__ import annotations

import pytest
from compared_runs import FINISHED, MEASURED, STARTED

from emoar.training.report.comparison_table import label_sets, rows, run_figures


def test_what_no_run_has_is_left_out() -> None:
    assert [figure.title for figure in run_figures([STARTED])] == ["FER2013 top-1", "seconds an epoch"]
    assert label_sets([STARTED, MEASURED]) == ["fer2013", "ferplus"]
    assert run_figures([]) == []


def test_a_dash_stands_where_a_run_has_no_such_number() -> None:
    table = {row[0]: row[1:] for row in rows([STARTED, FINISHED])}
    assert table["architecture"] == ("-", "emoar-s")
    assert table["epochs"] == ("2, not finished", "3 of 8")
    assert table["model file"] == ("-", "emoar-s.tflite")
    assert table["FER2013 top-1"] == ("40.00 %", "60.00 %")
    assert table["size"] == ("-", "0.80 MB")
    assert table["latency, 1 thread"] == ("-", "0.25 ms")
    assert table["parameters"] == ("-", "0.68 M")


@pytest.mark.parametrize(
    ("intervals", "accuracy", "macro_f1"),
    [(False, "50.00 %", "0.400"), (True, "50.00 % (40.00 to 65.00)", "0.400 (0.300 to 0.500)")],
)
def test_intervals_are_written_where_they_were_measured(intervals: bool, accuracy: str, macro_f1: str) -> None:
    table = {row[0]: row[1:] for row in rows([MEASURED, STARTED], intervals=intervals)}
    assert table["FER+ top-1"] == (accuracy, "-")
    assert table["FER+ macro-F1"] == (macro_f1, "-")
    assert table["FER2013 top-1"] == ("-", "40.00 %")
