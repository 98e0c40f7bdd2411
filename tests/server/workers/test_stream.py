"""The frames of one live socket."""

from __future__ import annotations

import asyncio
from typing import Any

from emoar.server.workers.request import ImageRequest, ImageResponse
from emoar.server.workers.stream import Stream


def test_a_frame_and_the_end() -> None:
    events: list[Any] = []

    async def run(message: dict[str, Any], data: bytes) -> ImageResponse:
        events.append((message["do"], message["stream"], message["index"], message["request"]["max_faces"], data))
        return ImageResponse(b"{}", "application/json", 0, {})

    stream = Stream("s", ImageRequest("live", max_faces=2), run, lambda: events.append("closed"))
    assert asyncio.run(stream.frame(b"data", 0.5, 7)).body == b"{}"
    stream.close()
    assert events == [("frame", "s", 7, 2, b"data"), "closed"]
