"""The server's side of the gateway: one process that checks updates, one request at a time."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from emoar.errors import ModelError
from emoar.files import output_errors
from emoar.server.http.problems import Problem
from emoar.server.metrics import Metrics
from emoar.server.process_limits import memory_share_bytes
from emoar.server.settings import Settings
from emoar.server.workers.worker_process import WorkerProcess

__all__ = ["Gateway"]

_LOG: Final = logging.getLogger("emoar.server")
_MODULE: Final = "emoar.server.federated.gateway_process"
_MEMORY_BYTES: Final = 1 << 30
_MOST_WAITING: Final = 256  # requests; each takes a millisecond or two
_BUSY: Final = Problem(503, "busy", "too many updates arrive at once: try again in a moment", retry_after_s=5)


class Gateway:
    """Answers requests about rounds and updates; nothing runs without the setting `federated`."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._folder = settings.federated and settings.federated.resolve()
        self._lock = asyncio.Lock()
        self._waiting = 0
        memory = memory_share_bytes(_MEMORY_BYTES, settings.worker_count + 1)
        self._process = WorkerProcess(settings, _MODULE, [str(self._folder), str(memory)])

    @property
    def takes_part(self) -> bool:
        """Whether browsers may take part."""
        return self._folder is not None

    async def start(self) -> None:
        """Starts the process.

        Raises:
            OutputError: the folder cannot be made or written.
            ModelError: the process does not start.
        """
        if self._folder is None:
            return
        with output_errors(self._folder / "sum.npz"):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        await self._process.start()

    async def close(self) -> None:
        """Stops the process."""
        await self._process.stop()

    async def current_round(self) -> bytes:
        """The document of the open round, as JSON.

        Raises:
            Problem: the process cannot answer now.
        """
        return await self._request({"do": "round"}, b"")

    async def add(self, body: bytes, names: tuple[str, ...]) -> bytes:
        """Adds an update of the client with these names (see `access.client_names`); how many there are, as JSON.

        Raises:
            Problem: it is refused, or the process cannot answer now.
        """
        limit = self._settings.updates_per_address
        return await self._request({"do": "add", "names": names, "limit": limit}, body)

    async def _request(self, task: dict[str, Any], body: bytes) -> bytes:
        if self._waiting >= _MOST_WAITING:
            raise _BUSY
        self._waiting += 1
        try:
            async with self._lock:
                return _body_of(*await self._answer(task, body))
        finally:
            self._waiting -= 1

    async def _answer(self, task: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        try:
            if not self._process.alive:
                await self._process.start()
            async with asyncio.timeout(self._settings.worker_s):
                return await self._process.run(task, body)
        except asyncio.CancelledError:
            await self._process.stop()  # its answer would be that to the next request
            raise
        except (TimeoutError, asyncio.IncompleteReadError, OSError, ValueError, ModelError) as exc:
            _LOG.error("the process of federated updates ended and is replaced: %s", type(exc).__name__)
            self._metrics.crashes.inc()
            await self._process.stop()
            detail = "the update could not be checked: try again"
            raise Problem(503, "worker-lost", detail, retry_after_s=1) from None


def _body_of(header: dict[str, Any], body: bytes) -> bytes:
    if "problem" in header:
        raise Problem(**header["problem"])
    if "fault" in header:
        _LOG.error("the gateway of browsers: %s", header["fault"])
        raise Problem(503, "no-storage", "the server cannot add updates now: try again later", retry_after_s=60)
    if "bug" in header:
        _LOG.error("the process of federated updates met a bug: %s", header["bug"])
        raise Problem(500, "bug", "this is a bug of the server; it is in its log")
    return body
