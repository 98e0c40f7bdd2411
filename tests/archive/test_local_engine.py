"""Processes on this machine: one that is killed costs no other video anything."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import fake_tasks
import pytest

from emoar.archive.local_engine import ATTEMPTS, Lost, run_locally
from emoar.errors import EmoarError, OutputError


def run(tmp_path: Path, names: list[str], function: object, workers: int = 2) -> dict[str, object]:
    tasks = [fake_tasks.make_task(tmp_path, name) for name in names]
    return {task.source: result for task, result in run_locally(tasks, workers, function)}  # type: ignore[arg-type]


def test_every_task_has_one_result_and_few_processes_do_them_all(tmp_path: Path) -> None:
    names = [f"{i}.mp4" for i in range(7)]
    results = run(tmp_path, names, fake_tasks.quick)
    assert sorted(results) == names
    hosts = {result.host for result in results.values()}  # type: ignore[attr-defined]
    assert str(os.getpid()) not in hosts
    assert 1 <= len(hosts) <= 2


def test_nothing_to_do(tmp_path: Path) -> None:
    assert run(tmp_path, [], fake_tasks.quick) == {}


def test_a_killed_worker_is_replaced_and_its_video_tried_again(tmp_path: Path) -> None:
    names = ["a.mp4", "deadly.mp4", "b.mp4", "c.mp4"]
    results = run(tmp_path, names, fake_tasks.killed_once)
    assert not [result for result in results.values() if isinstance(result, Lost)]
    assert sorted(results) == sorted(names)


def test_a_video_that_kills_every_worker_is_lost_alone(tmp_path: Path) -> None:
    results = run(tmp_path, ["a.mp4", "deadly.mp4", "b.mp4"], fake_tasks.killed_always)
    assert results["deadly.mp4"] == Lost(f"its process was killed by signal 9, {ATTEMPTS} times")
    assert {name for name, result in results.items() if not isinstance(result, Lost)} == {"a.mp4", "b.mp4"}


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [(fake_tasks.fatal, OutputError, "disk is full"), (fake_tasks.broken_library, EmoarError, "LookupError")],
)
def test_an_error_of_the_run_ends_it(function: object, error: type[Exception], words: str, tmp_path: Path) -> None:
    with pytest.raises(error, match=words):
        run(tmp_path, ["x.mp4"], function, workers=1)


def test_closing_ends_the_processes(tmp_path: Path) -> None:
    (tmp_path / "slow.mp4").touch()
    tasks = [fake_tasks.make_task(tmp_path, name) for name in ("slow.mp4", "quick.mp4", "quick2.mp4")]
    with closing(run_locally(tasks, 2, fake_tasks.write_and_wait)) as finished:
        done = {next(finished)[0].source, next(finished)[0].source}
    assert done == {"quick.mp4", "quick2.mp4"}
    begun = tmp_path / "slow.begun"
    if begun.exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int(begun.read_text()), 0)
    assert not Path(tasks[0].part).exists()
