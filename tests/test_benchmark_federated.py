"""The table and the plots of federated learning: means of seeds, and what is missing stays empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from benchmarks._federated_plots import plot
from benchmarks.federated import BLOCK, PAGE, PLOTS, PUBLISHED, means_of, rows, table


def _row(privacy: str, epsilon: float, seed: int, accuracy: float, **cell: Any) -> dict[str, Any]:
    where = {"start": "public", "part": "head", "clients": 100, "partition": "dirichlet 0.5", **cell}
    return {**where, "privacy": privacy, "epsilon": epsilon, "seed": seed, "public_test": accuracy, "auc": 0.5}


FOUND = [
    *(_row("none", 0.0, seed, 0.58 + 0.01 * seed) for seed in (0, 1, 2)),
    _row("client", 8.0, 0, 0.57),
    _row("example", 3.0, 0, 0.46, clients=1000),
    _row("client", 8.0, 0, 0.2, start="new"),
]


def test_a_row_of_the_table_is_a_mean_of_seeds() -> None:
    lines = table(FOUND, "public_test").splitlines()
    assert lines[0].startswith("| trained | clients | faces | none | client 8 |")
    assert lines[2] == "| head | 100 | dirichlet 0.5 | 59.0 | 57.0 |  |  |  |  |  |  |"
    assert lines[3] == "| head | 1,000 | dirichlet 0.5 |  |  |  |  |  | 46.0 |  |  |"
    assert lines[4].startswith("| new head | 100 |")


def test_bars_are_of_the_public_model() -> None:
    found = {row.what: row for row in rows(FOUND, "public_test")}
    lost, lowest = found["points lost at epsilon 8, each client hidden"], found[list(found)[-1]]
    assert lost.value == pytest.approx(2.0)
    assert lost.at_most == 2.0
    assert (lowest.value, lowest.verdict) == (pytest.approx(46.0), "MISSED")
    assert len(found) == 2


def test_plots_have_what_is_computed(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="plots need matplotlib: pip install 'emoar[report]'")
    path = tmp_path / "plots.svg"
    plot(means_of(FOUND, "public_test", 100), means_of(FOUND, "auc"), {0.0: 1.0, 8.0: 0.8}, path, PUBLISHED)
    drawn = path.read_text("utf-8")
    for words in ("100 clients", "a head that memorises", "no privacy", "FER2013, client-level"):
        assert words in drawn
    assert "10 clients<" not in drawn.replace("100 clients", "")
    assert "example 8" not in drawn
    again = tmp_path / "again.svg"
    plot(means_of(FOUND, "public_test", 100), means_of(FOUND, "auc"), {0.0: 1.0, 8.0: 0.8}, again, PUBLISHED)
    assert again.read_bytes() == path.read_bytes()


def test_the_page_has_a_place_for_both() -> None:
    page = PAGE.read_text("utf-8")
    assert f"<!-- {BLOCK} -->" in page
    assert f"({PLOTS.name})" in page
    assert PLOTS.stat().st_size < 200_000
