"""The process of a video job."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from makers import make_video, read_video


def run(source: Path, folder: Path, **changes: Any) -> list[dict[str, Any]]:
    """The messages of a job."""
    task = {
        "source": str(source),
        "video": str(folder / "annotated.mp4"),
        "scenes": [str(folder / "scenes.jsonl")],
        "model": "emoar-s",
        "model_folder": None,
        "max_pixels": 10**6,
        "overlays": ["label"],
        "label_set": None,
        "max_faces": 4,
        "landmarks": False,
    } | changes
    command = [sys.executable, "-m", "emoar.server.jobs.job_process"]
    done = subprocess.run(command, input=json.dumps(task), capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_progress_and_results(tmp_path: Path) -> None:
    messages = run(make_video(tmp_path / "in.mp4", count=12, size=(64, 48)), tmp_path)
    assert messages[-1] == {"state": "done", "progress": 1.0, "frames": 12, "faces": 0, "problem": None}
    assert all(set(message) == {"progress", "frames", "faces"} for message in messages[:-1])
    assert len(read_video(tmp_path / "annotated.mp4")[0]) == 12
    assert len((tmp_path / "scenes.jsonl").read_text().splitlines()) == 12


@pytest.mark.parametrize(
    ("changes", "problem"),
    [({"max_pixels": 100}, "the video has 64 x 48 pixels, at most 100 are allowed"), ({"model": "emoar-xxl"}, "xxl")],
)
def test_failures(tmp_path: Path, changes: dict[str, Any], problem: str) -> None:
    message = run(make_video(tmp_path / "in.mp4", count=3, size=(64, 48)), tmp_path, **changes)[-1]
    assert message["state"] == "failed"
    assert problem in message["problem"]
    assert str(tmp_path) not in message["problem"]
