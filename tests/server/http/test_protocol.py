"""A client that takes nothing is cut, whichever protocol it speaks: the same for requests and for live sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from uvicorn.server import ServerState

from emoar.server.app import create_app
from emoar.server.http.protocol import guarded_protocols
from emoar.server.run import _config
from emoar.server.settings import Settings

STALL_S = 0.05
PROTOCOLS = {"requests": 0, "live": 1}


class Wire(asyncio.Transport):
    """A transport to nowhere that remembers whether it was cut."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 5), "sockname": ("127.0.0.1", 8000)})
        self.cut = False

    def abort(self) -> None:
        self.cut = True

    def close(self) -> None:
        """Not what is looked at."""

    def is_closing(self) -> bool:
        return self.cut

    def pause_reading(self) -> None:
        """Nothing comes."""

    def resume_reading(self) -> None:
        """Nothing comes."""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high == 0  # else a last answer could wait for ever below the limit


def was_cut(which: int, *steps: Callable[[Any], object], gone: bool = False) -> bool:
    """Whether the connection was cut after these steps and more time than a client may take nothing."""

    async def play() -> bool:
        settings = Settings(stall_s=STALL_S, max_jobs=0)
        config = _config(settings, create_app(settings))
        config.load()
        protocol: Any = guarded_protocols(settings)[which](config, ServerState(), {})
        wire = Wire()
        protocol.connection_made(wire)
        for step in steps:
            step(protocol)
        if gone:
            protocol.connection_lost(None)
        await asyncio.sleep(10 * STALL_S)
        cut = wire.cut
        if not gone:
            protocol.connection_lost(None)
        return cut

    return asyncio.run(play())


@pytest.mark.parametrize("which", PROTOCOLS.values(), ids=PROTOCOLS)
def test_who_takes_nothing_is_cut_and_nobody_else(which: int) -> None:
    def stall(protocol: Any) -> None:
        protocol.pause_writing()

    def take(protocol: Any) -> None:
        protocol.resume_writing()

    assert was_cut(which, stall)
    assert was_cut(which, stall, take, stall)
    assert not was_cut(which, stall, take)
    assert not was_cut(which)
    assert not was_cut(which, stall, gone=True)
