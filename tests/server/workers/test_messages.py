"""Messages between the server and a worker."""

from __future__ import annotations

import asyncio
import io
import struct

import pytest

from emoar.server.workers.messages import Message, pack, read, receive

MESSAGES: list[Message] = [({"do": "image", "ä": [1, None]}, b"\0\1"), ({}, b"")]
STREAM = b"".join(bytes(part) for message in MESSAGES for part in pack(*message))


def test_a_round_trip_over_a_file() -> None:
    stream = io.BytesIO(STREAM)
    assert [read(stream), read(stream), read(stream)] == [*MESSAGES, None]


def test_a_round_trip_over_asyncio() -> None:
    async def play() -> list[Message]:
        stream = asyncio.StreamReader()
        stream.feed_data(STREAM)
        stream.feed_eof()
        messages = [await receive(stream), await receive(stream)]
        with pytest.raises(asyncio.IncompleteReadError):
            await receive(stream)
        return messages

    assert asyncio.run(play()) == MESSAGES


def test_the_lengths_come_first() -> None:
    head, body = pack({"a": 1}, memoryview(b"xyz"))
    assert head == b'\0\0\0\7\0\0\0\3{"a":1}'
    assert bytes(body) == b"xyz"


@pytest.mark.parametrize("lengths", [(1 << 21, 0), (2, 1 << 29), (2**32 - 1, 2**31)])
def test_a_message_of_a_worker_that_has_run_wild_is_refused(lengths: tuple[int, int]) -> None:
    async def play() -> None:
        stream = asyncio.StreamReader()
        stream.feed_data(struct.pack(">II", *lengths) + bytes(100))
        with pytest.raises(ValueError, match="bytes"):
            await receive(stream)

    asyncio.run(play())
