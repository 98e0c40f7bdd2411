"""The jobs of a server, without HTTP."""

from __future__ import annotations

import asyncio
import errno
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from makers import make_video

from emoar.errors import OutputError
from emoar.server.http.problems import Problem
from emoar.server.jobs import jobs as jobs_module
from emoar.server.jobs.job import Job, JobRequest
from emoar.server.jobs.job_folder import JobFolder
from emoar.server.jobs.jobs import Jobs
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings

REQUEST = JobRequest(("label",), None, 4, landmarks=False)


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
        assert jobs.deleted_at(job) == pytest.approx(time.time() + 3600, abs=60)
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


@pytest.fixture
def gates(monkeypatch: pytest.MonkeyPatch) -> dict[str, asyncio.Event]:
    """Jobs without processes: each runs until its client's gate is open; `order` has the clients in their turns."""
    gates: dict[str, asyncio.Event] = {}

    async def run(job: Job, request: JobRequest, settings: Settings) -> None:
        gates.setdefault("order " + job.names[-1] + f" {len(gates)}", asyncio.Event())
        await gates.setdefault(job.names[-1], asyncio.Event()).wait()
        job.state = "done"

    monkeypatch.setattr(jobs_module, "run_job", run)
    return gates


def queued(jobs: Jobs, client: str) -> Job:
    job = jobs.begin(None, (client,))
    job.source.write_bytes(b"video")
    jobs.run(job, REQUEST)
    return job


async def until(probe: Callable[[], object]) -> None:
    while not probe():
        await asyncio.sleep(0.001)


def test_finished_jobs_hold_no_place(tmp_path: Path, gates: dict[str, asyncio.Event]) -> None:
    gates["a"] = asyncio.Event()
    gates["a"].set()

    async def steps(jobs: Jobs) -> None:
        for _ in range(5):
            job = queued(jobs, "a")
            assert job.task is not None
            await job.task

    play(steps, tmp_path, max_jobs=1)


def test_one_client_cannot_have_all_places(tmp_path: Path) -> None:
    async def steps(jobs: Jobs) -> None:
        for client in ("a", "b"):
            for _ in range(2):
                jobs.begin(None, (f"address of {client}", client))
            with pytest.raises(Problem) as caught:
                jobs.begin(None, (f"address of {client}", "another key"))
            assert (caught.value.status, caught.value.limit) == (429, f"max_jobs{'_per_address' * (client == 'a')}")

    play(steps, tmp_path, max_jobs=4, max_jobs_per_address=2)


def test_clients_take_turns(tmp_path: Path, gates: dict[str, asyncio.Event]) -> None:
    async def steps(jobs: Jobs) -> None:
        waiting = [queued(jobs, client) for client in ("a", "a", "a", "b")]
        await until(lambda: waiting[0].state == "running")
        for client in ("a", "b"):
            gates.setdefault(client, asyncio.Event()).set()
        await until(lambda: all(job.ended_s is not None for job in waiting))
        assert waiting[3].ended_s is not None
        assert waiting[1].ended_s is not None
        assert waiting[0].ended_s <= waiting[3].ended_s <= waiting[1].ended_s <= waiting[2].ended_s  # type: ignore[operator]

    play(steps, tmp_path)


def test_beyond_the_kept_jobs_the_client_with_the_most_loses_its_oldest(
    tmp_path: Path, gates: dict[str, asyncio.Event]
) -> None:
    for client in ("greedy", "honest"):
        gates[client] = asyncio.Event()
        gates[client].set()

    async def steps(jobs: Jobs) -> None:
        kept = []
        for client in ("honest", *4 * ["greedy"]):
            kept.append(queued(jobs, client))
            await until(lambda: kept[-1].ended_s is not None)
            await asyncio.gather(kept[-1].task)  # type: ignore[arg-type]
        assert [job.id in jobs._jobs for job in kept] == [True, False, False, True, True]
        assert [job.folder.exists() for job in kept] == [True, False, False, True, True]

    play(steps, tmp_path, max_kept_jobs=3)


def test_a_job_that_waits_is_deleted(tmp_path: Path, gates: dict[str, asyncio.Event]) -> None:
    async def steps(jobs: Jobs) -> None:
        first, second, third = (queued(jobs, "a") for _ in range(3))
        await until(lambda: first.state == "running")
        await jobs.delete(second)
        await jobs.delete(first)
        await until(lambda: third.state == "running")
        assert [job.folder.exists() for job in (first, second, third)] == [False, False, True]

    play(steps, tmp_path)


@pytest.mark.parametrize(
    ("number", "status", "kind"),
    [(errno.ENOSPC, 507, "disk-full"), (errno.EDQUOT, 507, "disk-full"), (errno.EROFS, 503, "no-storage")],
)
def test_a_disk_that_takes_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, status: int, kind: str
) -> None:
    def create(folder: JobFolder, name: str) -> Path:
        raise OutputError(f"cannot write {tmp_path}") from OSError(number, "reason")

    async def steps(jobs: Jobs) -> None:
        monkeypatch.setattr(JobFolder, "create", create)
        for _ in range(3):  # the place is given back each time
            with pytest.raises(Problem) as caught:
                jobs.begin(None)
            assert (caught.value.status, caught.value.kind) == (status, kind)
            assert str(tmp_path) not in caught.value.detail

    play(steps, tmp_path, max_jobs=1)


def test_a_folder_that_disappears_at_any_time(tmp_path: Path, gates: dict[str, asyncio.Event]) -> None:
    async def steps(jobs: Jobs) -> None:
        running = queued(jobs, "a")
        await until(lambda: running.state == "running")
        shutil.rmtree(tmp_path / "jobs")
        gates["a"].set()
        await until(lambda: running.ended_s is not None)
        again = queued(jobs, "a")
        await until(lambda: again.state == "done")

    play(steps, tmp_path / "jobs")


def test_a_clock_that_jumps_deletes_nothing_early(
    tmp_path: Path, gates: dict[str, asyncio.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    gates["a"] = asyncio.Event()
    gates["a"].set()

    async def steps(jobs: Jobs) -> None:
        job = queued(jobs, "a")
        await until(lambda: job.ended_s is not None)
        monkeypatch.setattr(jobs_module.time, "time", lambda: 10.0**12)
        await jobs._delete_expired()
        assert jobs.find(job.id, None) is job
        job.ended_s = time.monotonic() - 3601
        await jobs._delete_expired()
        assert jobs._jobs == {}

    play(steps, tmp_path)
