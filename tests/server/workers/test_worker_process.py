"""A worker process from the server's side."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import asdict

import pytest

from emoar.errors import ModelError
from emoar.server.settings import Settings
from emoar.server.workers.request import ImageRequest
from emoar.server.workers.worker_process import WorkerProcess


def test_a_worker_starts_works_and_stops(jpeg: bytes) -> None:
    async def play() -> None:
        worker = WorkerProcess(Settings())
        await worker.stop()  # nothing to stop yet
        assert not worker.alive
        assert worker.pid is None
        await worker.start()
        assert worker.alive
        header, body = await worker.run({"do": "image", "request": asdict(ImageRequest())}, jpeg)
        assert (header["faces"], body[:1]) == (1, b"{")
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await worker.run({"do": "image", "request": asdict(ImageRequest())}, jpeg)
        await worker.stop()
        assert not worker.alive

    asyncio.run(play())


def test_a_worker_that_loads_its_models_is_not_ready() -> None:
    async def play() -> None:
        worker = WorkerProcess(Settings())
        starting = asyncio.create_task(worker.start())
        while worker.pid is None:
            await asyncio.sleep(0)
        assert not worker.alive
        await starting
        assert worker.alive
        await worker.stop()

    asyncio.run(play())


def test_a_worker_without_its_models() -> None:
    async def play() -> None:
        worker = WorkerProcess(Settings(model="emoar-xxl"))
        with pytest.raises(ModelError, match="emoar-xxl"):
            await worker.start()
        assert not worker.alive

    asyncio.run(play())


def test_settings_and_secrets_do_not_reach_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EMOAR_TLS_KEY", "EMOAR_API_KEY", "EMOAR_KEYS_FILE", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "/secret")

    async def play() -> bytes:
        worker = WorkerProcess(Settings())
        await worker.start()
        try:
            with open(f"/proc/{worker.pid}/environ", "rb") as file:
                return file.read()
        finally:
            await worker.stop()

    assert b"/secret" not in asyncio.run(play())


def test_a_worker_is_closed_in() -> None:
    async def play() -> tuple[str, tuple[str, ...], str]:
        worker = WorkerProcess(Settings())
        await worker.start()
        try:
            with open(f"/proc/{worker.pid}/status") as status, open(f"/proc/{worker.pid}/limits") as limits:
                return status.read(), worker.missing_walls, limits.read()
        finally:
            await worker.stop()

    status, missing, limits = asyncio.run(play())
    if not any("seccomp" in wall for wall in missing):
        assert "Seccomp:\t2" in status
        assert "NoNewPrivs:\t1" in status
    rows = {row[:26].strip(): row[26:47].strip() for row in limits.splitlines()}
    assert (rows["Max core file size"], rows["Max file size"], rows["Max data size"]) == ("0", "0", str(3 << 30))


def test_a_worker_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_descriptor(*arguments: object, **named: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", no_descriptor)
    with pytest.raises(ModelError, match="cannot start a worker: Too many open files"):
        asyncio.run(WorkerProcess(Settings()).start())
