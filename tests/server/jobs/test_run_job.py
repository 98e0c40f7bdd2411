"""The process of a job from the server's side."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import Process
from pathlib import Path
from typing import Any

import pytest

from emoar.server.jobs import run_job as run_job_module
from emoar.server.jobs.job import Job, JobRequest
from emoar.server.jobs.run_job import run_job
from emoar.server.settings import Settings

REQUEST = JobRequest(("label",), None, 4, landmarks=False)
DONE = 'print(\'{"state": "done", "progress": 1.0, "frames": 3, "faces": 1, "problem": null}\')'


def outcome(program: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job whose process runs another program."""
    start = asyncio.create_subprocess_exec

    async def begin(*command: str, **options: Any) -> Process:
        return await start(sys.executable, "-c", program, **options)

    monkeypatch.setattr(run_job_module, "create_subprocess_exec", begin)
    job = Job("0", folder, None)
    (folder / "annotated.mp4").write_bytes(b"video")
    asyncio.run(run_job(job, REQUEST, Settings()))
    return job


def test_the_last_message_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = outcome(DONE, tmp_path, monkeypatch)
    assert (job.state, job.frames, job.faces, job.problem) == ("done", 3, 1, None)
    assert list(job.results) == ["video"]


@pytest.mark.parametrize(
    "program",
    [
        "",
        "import os; os.kill(os.getpid(), 11)",
        "print('no JSON')",
        "print('[1]')",
        "print('{')",
        'print(\'{"state": "everything", "problem": null}\')',
        "print('{\"frames\": []}')",
        "print('x' * 1000000)",
        "import sys; sys.stdout.buffer.write(bytes(range(256)))",
    ],
)
def test_whatever_the_process_does_the_job_has_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    job = outcome(program, tmp_path, monkeypatch)
    assert (job.state, job.results) == ("failed", {})
    assert "ended early" in (job.problem or "")


def test_the_process_gets_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EMOAR_KEYS_FILE", "EMOAR_API_KEY", "HOME"):
        monkeypatch.setenv(name, "/secret")
    program = 'import os; assert "/secret" not in os.environ.values(); ' + DONE
    assert outcome(program, tmp_path, monkeypatch).state == "done"
