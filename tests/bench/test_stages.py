<<<<<<< HEAD
"""Measuring: the summary of samples, the stages, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emoar.bench.stages import BenchOptions, describe_machine, run_bench, timing
from emoar.cli import main
from emoar.errors import InputError, ModelMissing
=======
"""The measuring itself: what is summed up, and what each stage gives."""

from __future__ import annotations

import pytest

from emoar.bench.stages import BenchOptions, run_bench, timing
from emoar.errors import InputError, ModelMissing
from emoar.models.public import model_path
>>>>>>> main

STAGES = ("detect", "mesh", "smooth", "pose", "align", "classify", "whole pipeline", "draw")


@pytest.mark.parametrize(
    ("samples_ms", "median_ms", "mean_ms", "p95_ms"),
    [([2.0], 2.0, 2.0, 2.0), ([3.0, 1.0, 2.0], 2.0, 2.0, 2.9), ([1.0] * 99 + [101.0], 1.0, 2.0, 1.0)],
)
def test_timing_sums_up(samples_ms: list[float], median_ms: float, mean_ms: float, p95_ms: float) -> None:
    found = timing("mesh", samples_ms)
    assert (found.name, found.runs) == ("mesh", len(samples_ms))
    assert (found.median_ms, found.mean_ms, found.p95_ms) == pytest.approx((median_ms, mean_ms, p95_ms))


def test_timing_of_nothing_is_an_error() -> None:
    with pytest.raises(InputError, match="samples_ms of mesh must have at least one value"):
        timing("mesh", [])


@pytest.mark.parametrize("name", ["rounds", "repeats", "threads"])
def test_options_are_checked(name: str) -> None:
    with pytest.raises(InputError, match=f"{name} must be at least 1, got 0"):
        BenchOptions(**{name: 0})


def test_run_measures_every_stage(models: None) -> None:
    told: list[tuple[int, int]] = []
    report = run_bench(BenchOptions(rounds=2, repeats=3), progress=lambda done, total: told.append((done, total)))
    names = [found.name for found in report.timings]
    assert [stage for stage in STAGES if not any(name.startswith(stage) for name in names)] == []
    assert all(found.runs == 6 and 0 < found.median_ms <= found.p95_ms for found in report.timings)
    assert told == [(1, 2), (2, 2)]
    times = {found.name: found.median_ms for found in report.timings}
    whole = next(ms for name, ms in times.items() if name.startswith("whole pipeline, 1 face"))
    assert whole > max(times["pose"], times["align"])
    assert report.versions["python"]
<<<<<<< HEAD


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
=======
>>>>>>> main
