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


def test_a_worker_without_its_models() -> None:
    async def play() -> None:
        worker = WorkerProcess(Settings(model="emoar-xxl"))
        with pytest.raises(ModelError, match="emoar-xxl"):
            await worker.start()
        assert not worker.alive

    asyncio.run(play())


def test_settings_do_not_reach_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOAR_TLS_KEY", "/secret")

    async def play() -> bytes:
        worker = WorkerProcess(Settings())
        await worker.start()
        try:
            with open(f"/proc/{worker.pid}/environ", "rb") as file:
                return file.read()
        finally:
            await worker.stop()

    assert b"/secret" not in asyncio.run(play())
