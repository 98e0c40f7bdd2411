"""The server's handle of one worker process, which runs one task at a time."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from typing import Any, Final

from emoar.errors import ModelError
from emoar.models.public import model_folder
from emoar.server.process_limits import memory_share_bytes
from emoar.server.sandbox.environment import child_environment
from emoar.server.settings import Settings
from emoar.server.workers.messages import Message, pack, receive

__all__ = ["WorkerProcess"]

_START_S: Final = 60.0  # models load in a fraction of a second; a cold disk takes longer
_BUFFER_BYTES: Final = 1 << 20
_MEMORY_BYTES: Final = 3 << 30  # private memory: 40 MP take 120 MB as RGB, decoders and drawing a few times that


class WorkerProcess:
    """Starts, uses and stops a process that answers each message with one.

    Args:
        settings: of the server.
        module: what it runs.
        arguments: of that module, if it is another one than the worker's.
    """

    def __init__(
        self, settings: Settings, module: str = "emoar.server.workers.worker", arguments: Sequence[str] = ()
    ) -> None:
        processes = settings.worker_count + (settings.max_running_jobs if settings.max_jobs else 0)
        self._command = [sys.executable, "-P", "-m", module]
        self._command += arguments or [
            settings.model_argument,
            str(model_folder(settings.model_folder).resolve()),
            str(memory_share_bytes(_MEMORY_BYTES, processes)),
            *filter(None, [settings.personal_argument]),
        ]
        self._process: Process | None = None
        self._loaded = False
        self._missing_walls: tuple[str, ...] = ()

    @property
    def alive(self) -> bool:
        """Whether the process runs and has loaded its models."""
        return self._loaded and self._process is not None and self._process.returncode is None

    @property
    def missing_walls(self) -> tuple[str, ...]:
        """What this system lacks to close the worker in, as the worker reported it at its start."""
        return self._missing_walls

    @property
    def pid(self) -> int | None:
        """The process id; None before the first start."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Starts the process and waits until it has loaded its models, at most a minute.

        Raises:
            ModelError: it cannot load them, or is not ready in time.
        """
        self._loaded = False
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, limit=_BUFFER_BYTES, env=child_environment()
            )
        except OSError as exc:  # no memory, no process or no file descriptor is free
            raise ModelError(f"the server cannot start a worker: {exc.strerror}") from exc
        try:
            async with asyncio.timeout(_START_S):
                header, _ = await receive(self._streams[0])
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, ValueError) as exc:
            await self.stop()
            raise ModelError("a worker did not get ready: run emoar bench to see whether the models run here") from exc
        if "failed" in header:
            await self.stop()
            raise ModelError(str(header["failed"]))
        self._missing_walls = tuple(header["missing_walls"])
        self._loaded = True

    async def ended(self) -> None:
        """Waits until the process has ended."""
        assert self._process is not None
        await self._process.wait()

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
