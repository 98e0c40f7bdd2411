"""The jobs of a server, without HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from makers import make_video

from emoar.server.http.problems import Problem
from emoar.server.jobs.jobs import Job, JobRequest, Jobs, _on_message
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings

REQUEST = JobRequest(("label",), None, 4, False)


def play(steps: Callable[[Jobs], Awaitable[None]], folder: Path, **settings: object) -> None:
    async def run() -> None:
        jobs = Jobs(Settings(job_folder=folder, **settings), Metrics())  # type: ignore[arg-type]
        await jobs.start()
        try:
            await steps(jobs)
        finally:
            await jobs.close()
        assert list(folder.iterdir()) == []

    asyncio.run(run())


def test_a_job_runs_and_is_deleted(tmp_path: Path) -> None:
    async def steps(jobs: Jobs) -> None:
        job = jobs.begin("key")
        job.source.write_bytes(make_video(tmp_path / "in.mp4", count=5, size=(64, 48)).read_bytes())
        assert (job.state, jobs.deleted_at(job)) == ("queued", None)
        jobs.run(job, REQUEST)
        assert job.task is not None
        await job.task
        assert (job.state, job.progress, job.frames, job.problem) == ("done", 1.0, 5, None)
        assert {"video", "scenes.jsonl"} <= set(job.results)
        assert not job.source.exists()
        assert job.ended_at is not None
        assert jobs.deleted_at(job) == job.ended_at + 3600
        await jobs.delete(job)
        assert not job.folder.exists()

    play(steps, tmp_path / "jobs")


def test_a_job_belongs_to_its_key(tmp_path: Path) -> None:
    async def steps(jobs: Jobs) -> None:
        job = jobs.begin("key")
        assert jobs.find(job.id, "key") is job
        for name, key in ((job.id, None), (job.id, "other"), ("0", "key")):
            with pytest.raises(Problem) as caught:
                jobs.find(name, key)
            assert caught.value.status == 404

    play(steps, tmp_path)


@pytest.mark.parametrize(("max_jobs", "status"), [(1, 429), (0, 503)])
def test_the_number_of_jobs_is_limited(tmp_path: Path, max_jobs: int, status: int) -> None:
    async def steps(jobs: Jobs) -> None:
        for _ in range(max_jobs):
            jobs.begin(None)
        with pytest.raises(Problem) as caught:
            jobs.begin(None)
        assert (caught.value.status, caught.value.limit) == (status, "max_jobs")

    play(steps, tmp_path, max_jobs=max_jobs)


def test_a_job_that_takes_too_long_fails(tmp_path: Path) -> None:
    async def steps(jobs: Jobs) -> None:
        job = jobs.begin(None)
        job.source.write_bytes(b"")
        jobs.run(job, REQUEST)
        assert job.task is not None
        await job.task
        assert job.state == "failed"
        assert "took longer than 0.01 s (job_s)" in (job.problem or "")

    play(steps, tmp_path, job_s=0.01)


def test_messages_never_reduce_the_progress(tmp_path: Path) -> None:
    job = Job("0", tmp_path, None)
    for message in ({"progress": 0.5, "frames": 7}, {"progress": 0.25, "faces": 2}, {"progress": 9.0}):
        _on_message(job, message)
    assert (job.progress, job.frames, job.faces, job.problem) == (1.0, 7, 2, None)
