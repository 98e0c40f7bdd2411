"""One video job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emoar.server.jobs.job import RESULTS, Job


def test_messages_never_reduce_the_progress(tmp_path: Path) -> None:
    job = Job("0", tmp_path, None)
    for message in ({"progress": 0.5, "frames": 7}, {"progress": 0.25, "faces": 2}, {"progress": 9.0}):
        job.update(message)
    assert (job.progress, job.frames, job.faces, job.problem) == (1.0, 7, 2, None)


@pytest.mark.parametrize("message", [{"frames": "many"}, {"progress": []}, {"faces": None}])
def test_wild_messages_are_refused(tmp_path: Path, message: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Job("0", tmp_path, None).update(message)


def test_a_long_problem_is_cut(tmp_path: Path) -> None:
    job = Job("0", tmp_path, None)
    job.update({"problem": "x" * 10**6})
    assert len(job.problem or "") == 500


def test_the_files_of_a_job(tmp_path: Path) -> None:
    assert Job("0", tmp_path, None).source.parent == tmp_path
    assert list(RESULTS) == ["video", "scenes.jsonl", "scenes.parquet"]
