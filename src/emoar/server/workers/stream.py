"""The frames of one live socket, all processed by the same worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from emoar.server.workers.request import ImageRequest, ImageResponse

__all__ = ["Stream"]


class Stream:
    """What a live socket holds of the pool, which gives `run` (of a message and its body) and `close`."""

    def __init__(
        self,
        name: str,
        request: ImageRequest,
        run: Callable[[dict[str, Any], bytes], Awaitable[ImageResponse]],
        close: Callable[[], None],
    ) -> None:
        self._name, self._request, self._run, self._close = name, asdict(request), run, close

    async def frame(self, data: bytes, time_s: float, index: int) -> ImageResponse:
        """Processes one frame; await its result before the next one is sent.

        `time_s` is in seconds since the socket was opened; `index` counts its frames from 0.

        Raises:
            Problem: the frame is not usable, or no response arrives within `request_s`.
        """
        message = {"do": "frame", "request": self._request, "stream": self._name, "time_s": time_s, "index": index}
        return await self._run(message, data)

    def close(self) -> None:
        """Drops the tracker at the worker."""
        self._close()
