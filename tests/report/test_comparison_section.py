"""Persons of several recordings beside each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")
pytest.importorskip("jinja2", reason="pages need Jinja2: pip install 'emoar[report]'")

from emoar.analysis.recording_summary import RecordingSummary, summarise
from emoar.report.comparison_section import persons_compared

from .test_session_page import MARKERS, recording


def of(name: str, baseline: str | None) -> RecordingSummary:
    return summarise(replace(recording(), name=name), markers=MARKERS, baseline=baseline)


def test_the_sample_size_is_the_number_of_persons() -> None:
    found = persons_compared([of("p1", "rest"), of("p2", "rest")])
    assert found is not None
    assert found.relative
    label, table = found.tables[0]
    assert label in ("neutral", "happiness")
    assert [row[0] for row in table.rows] == [
        "p1",
        "p2",
        "mean of the persons",
        "SD between persons, points",
        "persons",
    ]
    assert table.rows[-1][1:] == ("2", "2", "0")
    assert table.rows[3][1:] == ("0.0", "0.0", "-")
    assert len(found.charts) == len(found.tables) == 2


def test_without_a_rest_of_everybody_means_are_shown() -> None:
    found = persons_compared([of("p1", "rest"), of("p2", None)])
    assert found is not None
    assert not found.relative
    assert found.tables[0][1].rows[0][1].endswith(" %")


def test_nothing_to_compare() -> None:
    assert persons_compared([of("p1", "rest"), summarise(recording())]) is None
