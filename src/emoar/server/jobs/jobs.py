"""Video jobs. Each has one folder, which is deleted some time after the job, at the latest when the server ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import shutil
import sys
import time
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from emoar.errors import OutputError
from emoar.media.formats import SCENE_FORMATS
from emoar.server.http.problems import Problem
from emoar.server.jobs.job_folder import JobFolder
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings

__all__ = ["RESULTS", "Job", "JobRequest", "Jobs"]

_LOG: Final = logging.getLogger("emoar.server")
SCENES: Final = tuple(f"scenes{row.suffixes[0]}" for row in SCENE_FORMATS)
RESULTS: Final = {"video": "annotated.mp4", **{name: name for name in SCENES}}
_SOURCE: Final = "source"
_STATES: Final = ("queued", "running", "done", "failed")


@dataclass(frozen=True)
class JobRequest:
    """The options of a job."""

    overlays: tuple[str, ...]
    label_set: str | None
    max_faces: int
    landmarks: bool


@dataclass(eq=False)
class Job:
    """One video and the state of its annotation."""

    id: str  # 128 random bits: whoever knows it (and uses the same API key) may read the job
    folder: Path
    key_id: str | None  # of the API key that created it
    state: str = "queued"
    progress: float = 0.0
    frames: int = 0
    faces: int = 0
    problem: str | None = None
    ended_at: float | None = None  # Unix time in seconds
    process: Process | None = None
    task: asyncio.Task[None] | None = None
    results: dict[str, Path] = field(default_factory=dict[str, Path])

    @property
    def source(self) -> Path:
        """The path of the uploaded video, which is deleted when the job ends."""
        return self.folder / _SOURCE


class Jobs:
    """All jobs of a server. Each job runs in its own process with a low priority."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._jobs: dict[str, Job] = {}
        self._turn = asyncio.Semaphore(settings.max_running_jobs)
        self._reaper: asyncio.Task[None] | None = None
        self._folder: JobFolder | None = None

    async def start(self) -> None:
        """Creates the folder of the jobs, and deletes those of servers that were killed; does nothing for `max_jobs` 0.

        Raises:
            OutputError: the folder cannot be written.
        """
        if self._settings.max_jobs:
            self._folder = JobFolder(self._settings.job_folder)
            self._reaper = asyncio.create_task(self._reap())

    async def close(self) -> None:
        """Cancels all jobs and deletes their files."""
        if self._reaper is not None:
            self._reaper.cancel()
        for job in list(self._jobs.values()):
            await self.delete(job)
        if self._folder is not None:
            self._folder.close()

    def begin(self, key_id: str | None) -> Job:
        """Creates a job for a video that is about to be received.

        Raises:
            Problem: there are too many jobs, or the server accepts none.
            OutputError: its folder cannot be created.
        """
        limit = self._settings.max_jobs
        if self._folder is None:
            raise Problem(503, "no-jobs", "this server accepts no videos (max_jobs is 0)", "max_jobs", 0)
        if len(self._jobs) >= limit:
            self._metrics.refused.labels("max_jobs").inc()
            detail = "all video jobs are in use: delete one, or try again later"
            raise Problem(429, "too-many-jobs", detail, "max_jobs", limit, retry_after_s=60)
        name = secrets.token_hex(16)
        job = Job(name, self._folder.create(name), key_id)
        self._jobs[name] = job
        self._count()
        return job

    def run(self, job: Job, request: JobRequest) -> None:
        """Queues a job whose video is complete in its folder."""
        job.task = asyncio.create_task(self._run(job, request))

    def find(self, name: str, key_id: str | None) -> Job:
        """The job with the id `name`, for the API key that created it.

        Raises:
            Problem: 404; there is no such job, it has been deleted, or another key created it.
        """
        job = self._jobs.get(name)
        if job is None or job.key_id != key_id:
            raise Problem(404, "no-such-job", "there is no such job: it was deleted, has expired, or never existed")
        return job

    async def delete(self, job: Job) -> None:
        """Cancels a job and deletes all its files."""
        self._jobs.pop(job.id, None)
        if job.task is not None:
            job.task.cancel()
            await asyncio.gather(job.task, return_exceptions=True)
        await asyncio.to_thread(shutil.rmtree, job.folder, ignore_errors=True)
        self._count()

    def deleted_at(self, job: Job) -> float | None:
        """The Unix time in seconds at which the job's files are deleted; None until the job ends."""
        return None if job.ended_at is None else job.ended_at + self._settings.job_ttl_s

    async def _run(self, job: Job, request: JobRequest) -> None:
        async with self._turn:
            job.state = "running"
            self._count()
            try:
                async with asyncio.timeout(self._settings.job_s):
                    await self._work(job, request)
            except TimeoutError:
                job.state = "failed"
                job.problem = f"it took longer than {self._settings.job_s:g} s (job_s): send a shorter video"
            except (OSError, OutputError) as exc:
                job.state, job.problem = "failed", "the server cannot run it now"
                _LOG.error("a video job cannot run: %s", type(exc).__name__)
            finally:
                job.ended_at = time.time()
                job.source.unlink(missing_ok=True)  # no longer needed
                self._count()

    async def _work(self, job: Job, request: JobRequest) -> None:
        command = [sys.executable, "-m", "emoar.server.jobs.job_process"]
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(self._task(job, request)).encode())
            process.stdin.close()
            last: dict[str, Any] = {}
            async for line in process.stdout:
                last = json.loads(line)
                _on_message(job, last)
            await process.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if "state" not in last:
            job.problem = "the process of the job ended early: the video may be damaged"
        files = {name: job.folder / file for name, file in RESULTS.items()}
        job.results = {name: path for name, path in files.items() if path.is_file()} if "state" in last else {}
        job.state = last.get("state", "failed")

    def _task(self, job: Job, request: JobRequest) -> dict[str, Any]:
        settings = self._settings
        return {
            "source": str(job.source),
            "video": str(job.folder / RESULTS["video"]),
            "scenes": [str(job.folder / RESULTS[name]) for name in SCENES],
            "model": settings.model,
            "model_folder": str(settings.model_folder) if settings.model_folder else None,
            "max_pixels": settings.max_pixels,
            "overlays": request.overlays,
            "label_set": request.label_set,
            "max_faces": request.max_faces,
            "landmarks": request.landmarks,
        }

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(min(self._settings.job_ttl_s / 4, 30))
            now = time.time()
            for job in list(self._jobs.values()):
                until = self.deleted_at(job)
                if until is not None and until <= now:
                    await self.delete(job)

    def _count(self) -> None:
        for state in _STATES:
            self._metrics.jobs.labels(state).set(sum(job.state == state for job in self._jobs.values()))


def _on_message(job: Job, message: dict[str, Any]) -> None:
    """Applies a progress message of the process; the progress (0..1) never decreases."""
    job.frames, job.faces = message.get("frames", job.frames), message.get("faces", job.faces)
    job.progress = min(max(message.get("progress", job.progress), job.progress), 1.0)
    job.problem = message.get("problem", job.problem)
