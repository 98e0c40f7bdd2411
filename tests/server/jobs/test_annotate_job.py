"""The annotation of a job's video, in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from makers import make_video

from emoar.errors import MediaError
from emoar.server.jobs.annotate_job import annotate_job

from .job_tasks import annotation_task


def task(folder: Path, **changes: Any) -> dict[str, Any]:
    return annotation_task(make_video(folder / "in.mp4", count=6, size=(64, 48)), folder, **changes)


def test_results_and_progress(tmp_path: Path) -> None:
    sent: list[dict[str, Any]] = []
    outcome = annotate_job(task(tmp_path), lambda **fields: sent.append(fields))
    assert outcome.frame_count == 6
    assert sent[0] == {"progress": 0.0, "frames": 1, "faces": 0}
    assert {path.name for path in tmp_path.iterdir()} == {"in.mp4", "annotated.mp4", "scenes.jsonl"}


def test_a_video_with_too_many_pixels(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="64 x 48 pixels, at most 100 are allowed"):
        annotate_job(task(tmp_path, max_pixels=100), lambda **fields: None)
