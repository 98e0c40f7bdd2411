"""The measuring itself: what is summed up, the pictures that it runs on, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from emoar.bench.frames import face_frames
from emoar.bench.stages import BenchOptions, describe_machine, run_bench, timing
from emoar.cli import main
from emoar.errors import DependencyMissing, InputError, ModelMissing
from emoar.models.public import model_path
from emoar.pipeline import Pipeline, PipelineOptions

STAGES = ("detect", "mesh", "smooth", "pose", "align", "classify", "whole pipeline", "draw")


@pytest.fixture(scope="module", autouse=True)
def _portraits() -> None:
    for package in ("skimage", "matplotlib"):
        pytest.importorskip(package, reason="a portrait comes with it: pip install 'emoar[demo]'")


@pytest.fixture
def models() -> None:
    try:
        model_path("face_landmark")
    except ModelMissing as exc:
        pytest.skip(str(exc))


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


def test_frames_move_a_little_and_come_round() -> None:
    frames = face_frames(1, 31)
    assert [frame.image.shape for frame in frames] == [(480, 640, 3)] * 31
    assert np.diff([frame.time_s for frame in frames]) == pytest.approx(1 / 30)
    changed = np.abs(frames[0].image.astype(int) - frames[3].image).mean()
    assert 0.5 < changed < 40
    assert np.array_equal(frames[0].image, frames[30].image)


@pytest.mark.parametrize("faces", [1, 2, 4, 5])
def test_frames_show_so_many_faces(models: None, faces: int) -> None:
    with Pipeline(PipelineOptions(max_faces=faces + 1)) as pipeline:
        scenes = [pipeline(frame) for frame in face_frames(faces, 5)]
    assert len(scenes[-1].faces) == faces
    widths_px = [face.box_xyxy_px[2] - face.box_xyxy_px[0] for face in scenes[-1].faces]
    field_height_px = 480 // int(np.ceil(np.sqrt(faces)))
    assert np.array(widths_px) == pytest.approx(0.4 * field_height_px, rel=0.15)


def test_no_face_is_an_error() -> None:
    with pytest.raises(InputError, match="faces must be at least 1, got 0"):
        face_frames(0, 1)


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


def test_missing_portrait_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from emoar.demo import people

    people.cutout.cache_clear()
    monkeypatch.setattr(people, "find_spec", lambda package: None)
    with pytest.raises(DependencyMissing, match="pip install 'emoar\\[demo\\]'"):
        face_frames(1, 1)
