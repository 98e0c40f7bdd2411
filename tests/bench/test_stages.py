"""The measurement: the summary of samples, and a time for each stage."""

from __future__ import annotations

import pytest

from emoar.bench.stages import BenchOptions, run_bench, timing
from emoar.errors import InputError

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
