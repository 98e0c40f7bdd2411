"""Video jobs. Each has one folder, which is deleted some time after the job, at the latest when the server ends."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import secrets
import shutil
import time
from collections import Counter
from typing import Final

from emoar.errors import OutputError
from emoar.server.fair_queue import FairQueue
from emoar.server.http.problems import Problem
from emoar.server.http.shares import Shares
from emoar.server.jobs.job import STATES, Job, JobRequest
from emoar.server.jobs.job_folder import JobFolder
from emoar.server.jobs.run_job import run_job
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings

__all__ = ["Jobs", "storage_problem"]

_LOG: Final = logging.getLogger("emoar.server")
_IN_USE: Final = "all video jobs are in use: wait for one, delete one, or try again later"
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class Jobs:
    """All jobs of a server. Each job runs in its own process with a low priority; clients take turns."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._jobs: dict[str, Job] = {}  # in the order of their creation
        limit, share = settings.max_jobs, settings.jobs_per_address
        self._places = Shares("max_jobs", limit, share, metrics, _IN_USE, kind="too-many-jobs", retry_after_s=60)
        self._unfinished: set[Job] = set()  # those that hold a place
        self._queue = FairQueue[Job]()
        self._running = 0
        self._reaper: asyncio.Task[None] | None = None
        self._folder: JobFolder | None = None

    async def start(self) -> None:
        """Creates the folder of the jobs, and deletes those of servers that were killed; does nothing for `max_jobs` 0.

        Raises:
            OutputError: the folder cannot be written, or others may write it.
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

    def begin(self, key_id: str | None, names: tuple[str, ...] = ("",)) -> Job:
        """Creates a job for a video that is about to be received.

        Raises:
            Problem: there are too many jobs, of all clients or of this one; the server accepts none, or cannot store
                the video.
        """
        if self._folder is None:
            raise Problem(503, "no-jobs", "this server accepts no videos (max_jobs is 0)", "max_jobs", 0)
        self._places.take(*names)
        name = secrets.token_hex(16)
        try:
            job = Job(name, self._folder.create(name), key_id, names)
        except OutputError as exc:
            self._places.give_back(*names)
            raise storage_problem(exc.__cause__) from exc
        self._jobs[name] = job
        self._unfinished.add(job)
        self._count()
        return job

    def run(self, job: Job, request: JobRequest) -> None:
        """Queues a job whose video is complete in its folder."""
        job.request = request
        self._queue.put(job, job.names[-1], "", cost=1.0)
        self._start_next()

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
        self._queue.done(job)
        if job.task is not None and job.task is not asyncio.current_task():
            job.task.cancel()
            await asyncio.gather(job.task, return_exceptions=True)
        await asyncio.to_thread(shutil.rmtree, job.folder, ignore_errors=True)
        self._give_place_back(job)
        self._count()

    def deleted_at(self, job: Job) -> float | None:
        """The Unix time in seconds at which the job's files are deleted; None until the job ends."""
        return None if job.ended_s is None else time.time() + self._left_s(job, job.ended_s)

    def _left_s(self, job: Job, ended_s: float) -> float:
        return ended_s + self._settings.job_ttl_s - time.monotonic()

    def _start_next(self) -> None:
        while self._running < self._settings.max_running_jobs:
            job = self._queue.take()
            if job is None or job.request is None:
                return
            self._running += 1
            job.task = asyncio.create_task(self._run(job, job.request))

    async def _run(self, job: Job, request: JobRequest) -> None:
        job.state = "running"
        self._count()
        try:
            async with asyncio.timeout(self._settings.job_s):
                await run_job(job, request, self._settings)
        except TimeoutError:
            job.state = "failed"
            job.problem = f"it took longer than {self._settings.job_s:g} s (job_s): send a shorter video"
        except OSError as exc:
            job.state, job.problem = "failed", "the server cannot run it now: try again later"
            _LOG.error("a video job cannot run: %s", exc.strerror)
        finally:
            job.ended_s = time.monotonic()
            with contextlib.suppress(OSError):  # the folder may be gone, or read-only by now
                job.source.unlink(missing_ok=True)  # no longer needed
            self._running -= 1
            self._queue.done(job)
            self._give_place_back(job)
            self._start_next()
            self._count()
        await self._keep_few()

    def _give_place_back(self, job: Job) -> None:
        if job in self._unfinished:
            self._unfinished.discard(job)
            self._places.give_back(*job.names)

    async def _keep_few(self) -> None:
        """Deletes finished jobs beyond `max_kept_jobs`: the oldest of the client who has the most."""
        while True:
            finished = [job for job in self._jobs.values() if job.ended_s is not None]
            if len(finished) <= self._settings.max_kept_jobs:
                return
            counts = Counter(job.names[-1] for job in finished)
            await self.delete(max(finished, key=lambda job: counts[job.names[-1]]))  # the first of several: the oldest

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(min(self._settings.job_ttl_s / 4, 30))
            for job in list(self._jobs.values()):
                if job.ended_s is not None and self._left_s(job, job.ended_s) <= 0:
                    await self.delete(job)

    def _count(self) -> None:
        for state in STATES:
            self._metrics.jobs.labels(state).set(sum(job.state == state for job in self._jobs.values()))


def storage_problem(exc: BaseException | None) -> Problem:
    """The problem for a client whose video cannot be stored; the log has the reason."""
    reason = exc.strerror if isinstance(exc, OSError) else None
    _LOG.error("a video cannot be stored: %s", reason)
    if isinstance(exc, OSError) and exc.errno in _FULL:
        return Problem(507, "disk-full", "the server has no room for a video now: try again later", retry_after_s=60)
    return Problem(503, "no-storage", "the server cannot store a video now: try again later", retry_after_s=60)
