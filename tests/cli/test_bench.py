"""`emoar bench`: a table or JSON, out of what was measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from emoar.bench.stages import BenchOptions, BenchReport, Timing, describe_machine
from emoar.cli import main
from emoar.errors import ModelMissing
from emoar.models.public import model_path


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[BenchOptions]:
    """The options of each measurement."""
    seen: list[BenchOptions] = []

    def run(options: BenchOptions, progress: Callable[[int, int], None]) -> BenchReport:
        seen.append(options)
        progress(1, options.rounds)
        timings = (Timing("detect", 1.5, 1.75, 2.25, 12),)
        machine = {"processor": "a processor", "cores": "2", "system": "a system", "load": "0.5"}
        return BenchReport(machine, {"python": "3.11"}, options.threads, timings, 2.5)

    monkeypatch.setattr("emoar.cli.bench.run_bench", run)
    return seen


def test_a_table(emoar: Callable, measured: list[BenchOptions], tmp_path: Path) -> None:
    result = emoar("bench", "--rounds", "3", "--threads", "2", "--model", "emoar-s", "--model-folder", tmp_path)
    assert (result.code, result.err) == (0, "")
    assert measured == [BenchOptions(rounds=3, threads=2, model="emoar-s", model_folder=tmp_path)]
    for text in ("detect", "1.50", "1.75", "2.25", "each further face: 2.50 ms", "a processor", "2 threads a model"):
        assert text in result.out


def test_json(emoar: Callable, measured: list[BenchOptions]) -> None:
    document = json.loads(emoar("bench", "--json").out)
    assert set(document) == {"machine", "versions", "threads", "timings", "further_face_ms"}
    assert document["timings"] == [{"name": "detect", "median_ms": 1.5, "mean_ms": 1.75, "p95_ms": 2.25, "runs": 12}]


@pytest.fixture
def models() -> None:
    for package in ("skimage", "matplotlib"):
        pytest.importorskip(package, reason="a portrait comes with it: pip install 'emoar[demo]'")
    try:
        model_path("face_landmark")
    except ModelMissing as exc:
        pytest.skip(str(exc))


def test_command_prints_json(models: None, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--json", "--rounds", "1"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert set(document) == {"machine", "versions", "threads", "timings", "further_face_ms"}
    assert set(document["timings"][0]) == {"name", "median_ms", "mean_ms", "p95_ms", "runs"}


def test_command_prints_a_table(models: None, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--rounds", "1"]) == 0
    printed = capfd.readouterr().out
    assert "median" in printed
    assert "each further face:" in printed
    assert describe_machine()["processor"] in printed


def test_command_without_models_names_the_remedy(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--model-folder", str(tmp_path)]) == ModelMissing.exit_code
    printed = capfd.readouterr().err
    assert "emoar models pull" in printed
    assert "Traceback" not in printed
