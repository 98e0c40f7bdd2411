"""The server's handle of one worker process, which runs one task at a time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from typing import Any, Final

from emoar.errors import ModelError
from emoar.server.settings import OTHER_VARIABLES, PREFIX, Settings
from emoar.server.workers.messages import Message, pack, receive

__all__ = ["WorkerProcess"]

_START_S: Final = 60.0  # models load in a fraction of a second; a cold disk takes longer
_BUFFER_BYTES: Final = 1 << 20


class WorkerProcess:
    """Starts, uses and stops a process of `emoar.server.workers.worker`."""

    def __init__(self, settings: Settings) -> None:
        folder = settings.model_folder
        self._arguments = [settings.model, *([str(folder)] if folder else [])]
        self._process: Process | None = None

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """The process id; None before the first start."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Starts the process and waits until it has loaded its models, at most a minute.

        Raises:
            ModelError: it cannot load them, or is not ready in time.
        """
        command = [sys.executable, "-m", "emoar.server.workers.worker", *self._arguments]
        # the worker needs no settings, and some name files with secrets
        environment = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX) or k in OTHER_VARIABLES}
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, limit=_BUFFER_BYTES, env=environment
        )
        try:
            async with asyncio.timeout(_START_S):
                header, _ = await receive(self._streams[0])
        except (TimeoutError, asyncio.IncompleteReadError) as exc:
            await self.stop()
            raise ModelError("a worker did not get ready: run emoar bench to see whether the models run here") from exc
        if "failed" in header:
            await self.stop()
            raise ModelError(str(header["failed"]))

    async def run(self, header: dict[str, Any], body: bytes) -> Message:
        """Sends one task and waits for its result.

        Raises:
            asyncio.IncompleteReadError, ConnectionError: the process has ended.
        """
        stdout, stdin = self._streams
        stdin.writelines(pack(header, body))
        await stdin.drain()
        return await receive(stdout)

    async def stop(self) -> None:
        """Kills the process, which has no state to save."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    @property
    def _streams(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        assert self._process is not None
        assert self._process.stdout is not None
        assert self._process.stdin is not None
        return self._process.stdout, self._process.stdin
