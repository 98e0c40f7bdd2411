"""`emoar train compare`: the table, the JSON, and plots that are refused before the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from training_faces import made_dataset, write_csv

pytest.importorskip("torch", reason="checkpoints need torch: pip install 'emoar[train]'")

from emoar.errors import DataError, EmoarError

if TYPE_CHECKING:
    from conftest import Run


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    folders = [tmp_path / "first", tmp_path / "second"]
    for number, folder in enumerate(folders):
        folder.mkdir()
        row = {"epoch": 1, "loss": 1.0, "lr": 0.1, "elapsed_s": 7.0, "accuracy": {"fer2013": 0.5 + 0.1 * number}}
        (folder / "history.jsonl").write_text(json.dumps(row) + "\n")
    return folders


def test_a_column_for_each_run(emoar: Run, runs: list[Path]) -> None:
    ran = emoar("train", "compare", *runs)
    assert ran.code == 0, ran.err
    assert "first" in ran.out
    assert "second" in ran.out
    assert "60.0" in ran.out
    assert "--data gives the others" in ran.out


def test_json(emoar: Run, runs: list[Path]) -> None:
    document = json.loads(emoar("train", "compare", *runs, "--json").out)
    assert [run["name"] for run in document["runs"]] == ["first", "second"]
    assert document["runs"][1]["accuracy"] == {"fer2013": 0.6}


def test_runs_without_weights_are_not_measured(emoar: Run, runs: list[Path], tmp_path: Path) -> None:
    data = write_csv(made_dataset(20), tmp_path)
    document = json.loads(emoar("train", "compare", *runs, "--data", data, "--json").out)
    assert document["runs"][0]["macro_f1"] == {}


def test_a_plot(emoar: Run, runs: list[Path], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="a plot needs matplotlib")
    ran = emoar("train", "compare", *runs, "--plot", tmp_path / "compare.svg")
    assert ran.code == 0, ran.err
    assert "<svg" in (tmp_path / "compare.svg").read_text()


def test_what_is_no_run_or_no_plot_is_refused(emoar: Run, runs: list[Path], tmp_path: Path) -> None:
    assert emoar("train", "compare", tmp_path).code == DataError.exit_code
    ran = emoar("train", "compare", *runs, "--plot", tmp_path / "compare.gif")
    assert ran.code >= EmoarError.exit_code
    assert "gif" in ran.err
