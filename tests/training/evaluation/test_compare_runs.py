"""Runs side by side: finished ones, one that is going on, and folders that are none."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from training_faces import made_dataset

torch = pytest.importorskip("torch", reason="checkpoints need torch: pip install 'emoar[train]'")

from emoar.errors import DataError, TrainingError  # noqa: E402
from emoar.labels import DEFAULT_HEADS  # noqa: E402
from emoar.models.public import model_path  # noqa: E402
from emoar.training.checkpoint import Checkpoint  # noqa: E402
from emoar.training.evaluation.compare_runs import compare_runs, read_history  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.recipe import Recipe  # noqa: E402


def row(epoch: int, elapsed_s: float, top1: float = 0.5) -> str:
    return json.dumps({"epoch": epoch, "loss": 1.0, "lr": 0.1, "elapsed_s": elapsed_s, "accuracy": {"fer2013": top1}})


def run_folder(
    folder: Path, checkpoint: str | None = "final.pt", lines: tuple[str, ...] = (row(1, 10), row(2, 14))
) -> Path:
    folder.mkdir()
    if checkpoint:
        torch.manual_seed(0)
        recipe, network = Recipe("emoar-s", 5), build("emoar-s", DEFAULT_HEADS)
        state = Checkpoint(dataclasses.asdict(recipe), dict(DEFAULT_HEADS), network.state_dict(), epoch=2)
        state.save(folder / checkpoint)
    if lines:
        (folder / "history.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def test_a_finished_run_with_its_model(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "a", lines=(row(1, 10, 0.4), row(2, 14, 0.6), row(3, 21, 0.7)))
    shutil.copy(model_path("emoar-s"), folder / "emoar-s.tflite")
    (folder / "other-int8.tflite").write_bytes(b"")
    (found,) = compare_runs([folder])
    assert (found.name, found.architecture, found.epochs, found.planned, found.finished) == ("a", "emoar-s", 2, 5, True)
    assert found.accuracy == {"fer2013": 0.6}  # of the epoch whose weights are kept
    assert found.seconds_an_epoch == pytest.approx((4 + 7) / 2)
    assert found.model == folder / "emoar-s.tflite"
    assert found.size_bytes == model_path("emoar-s").stat().st_size
    assert found.latency_ms is not None
    assert 0 < found.latency_ms < 1000
    assert found.cost is not None
    assert found.cost.parameters == sum(p.numel() for p in build("emoar-s").parameters())
    assert json.loads(json.dumps(found.as_dict()))["macs"] == found.cost.macs


def test_a_run_that_is_going_on(tmp_path: Path) -> None:
    (found,) = compare_runs([run_folder(tmp_path / "a", "last.pt", (row(1, 8),))])
    assert (found.finished, found.model, found.latency_ms, found.epochs) == (False, None, None, 2)
    assert found.seconds_an_epoch == 8
    (bare,) = compare_runs([run_folder(tmp_path / "b", None)])
    assert (bare.architecture, bare.planned, bare.cost, bare.epochs) == (None, None, None, 2)


def test_with_data_the_checkpoint_is_evaluated(tmp_path: Path) -> None:
    steps: list[str] = []
    folder, data = run_folder(tmp_path / "a"), made_dataset(100)
    (found,) = compare_runs([folder], data, "PublicTest", lambda task, _done, _total: steps.append(task))
    assert set(found.accuracy) == set(found.balanced_accuracy) == set(found.macro_f1) == {"fer2013", "ferplus"}
    assert found.scores["fer2013"].score.count == len(data.of_split("PublicTest"))
    assert set(steps) == {"a: classifying"}


def test_runs_of_one_name_are_told_apart_and_the_same_run_is_read_once(tmp_path: Path) -> None:
    for parent in ("x", "y"):
        (tmp_path / parent).mkdir()
    folders = [run_folder(tmp_path / parent / "run", None) for parent in ("x", "y")]
    assert [found.name for found in compare_runs([*folders, folders[0]])] == list(map(str, folders))


def test_a_resumed_epoch_replaces_the_first(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "a", None, (row(1, 10), row(2, 20), "", row(2, 5, 0.9)))
    history = read_history(folder)
    assert [epoch.number for epoch in history] == [1, 2]
    assert history[1].accuracy == {"fer2013": 0.9}
    assert read_history(tmp_path) == ()


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"epoch": 1}', '{"epoch": "one", "loss": 1, "elapsed_s": 1, "accuracy": {}}']
)
def test_a_damaged_history_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(DataError, match=r"history\.jsonl line 2 is no epoch of emoar train"):
        compare_runs([run_folder(tmp_path / "a", None, (row(1, 1), line))])


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no run of emoar train"):
        compare_runs([tmp_path])
    with pytest.raises(DataError, match="is no folder"):
        compare_runs([tmp_path / "no"])
    folder = run_folder(tmp_path / "a", None)
    (folder / "final.pt").write_bytes(b"no")
    with pytest.raises(TrainingError, match=r"final\.pt is not a checkpoint"):
        compare_runs([folder])
