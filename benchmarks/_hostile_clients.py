"""Hostile clients of a server on this machine, each kind from an address of its own in 127.0.0.0/8 (Linux).

    python -m benchmarks._hostile_clients HOST:PORT SECONDS

It runs as a process of its own with the lowest priority: attackers do not share the server's processors. It prints how
often each kind has tried, as JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

__all__ = ["KINDS", "attack"]

_ROUTE: Final = "/v1/expressions"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Streams]]


def _png(width: int, height: int) -> bytes:
    """Zeros: a few hundred kilobytes for any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packed = zlib.compressobj(9)
    row = bytes(1 + 3 * width)
    rows = b"".join([*(packed.compress(row) for _ in range(height)), packed.flush()])
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _scans(count: int) -> bytes:
    """A JPEG that claims very many scans of 40 megapixels."""
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, 5000, 8000, 1) + bytes([1, 0x11, 0])
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + bytes([1, 0, 1, 63, 0]) + b"\x7f"
    return b"\xff\xd8" + frame + scan * count + b"\xff\xd9"


_BIG: Final = _png(4000, 3000)
_BOMBS: Final = (_png(8000, 5000), _png(20000, 20000), _scans(20000), _png(1, 1_000_000)[:-20])


def _post(path: str, length: int | str, kind: str = "image/png") -> bytes:
    size = f"Content-Length: {length}" if isinstance(length, int) else f"Transfer-Encoding: {length}"
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n{size}\r\n\r\n".encode()


_UPGRADE: Final = (
    b"GET /v1/live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


async def _drip(streams: Streams, head: bytes, piece: bytes = b"0", pause_s: float = 0.5) -> None:
    """Sends a byte now and then until the server has had enough."""
    reader, writer = streams
    writer.write(head)
    answer = asyncio.ensure_future(reader.read(1))
    while not answer.done():
        writer.write(piece)
        await writer.drain()
        await asyncio.wait({answer}, timeout=pause_s)


async def _ask(streams: Streams, request: bytes) -> None:
    reader, writer = streams
    writer.write(request)
    await writer.drain()
    await reader.read(4096)


async def _slow_sender(connect: Connect) -> None:
    await _drip(await connect(), _post(_ROUTE, 100_000))


async def _slow_header(connect: Connect) -> None:
    await _drip(await connect(), b"GET / HTTP/1.1\r\n", b"a: b\r\n", 0.2)


async def _idle(connect: Connect) -> None:
    await (await connect())[0].read(1)


async def _half_handshake(connect: Connect) -> None:
    end = random.choice(
        (b"Content-Length: 4\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n", b"X: " + b"y" * 9000, b"")
    )
    reader, writer = await connect()
    writer.write(_UPGRADE + end)
    await reader.read(4096)
    await reader.read(1)


async def _bomb(connect: Connect) -> None:
    bomb = random.choice(_BOMBS)
    await _ask(await connect(), _post(f"{_ROUTE}?mode=photo", len(bomb)) + bomb)


async def _big_picture(connect: Connect) -> None:
    await _ask(await connect(), _post(_ROUTE, len(_BIG)) + _BIG)


async def _socket(connect: Connect) -> None:
    """Sends live frames as fast as they are read."""
    reader, writer = await connect()
    writer.write(_UPGRADE + b"\r\n")
    await reader.readuntil(b"\r\n\r\n")
    raw = b"RGB8" + struct.pack("<II", 160, 120) + bytes(3 * 160 * 120)
    frame = struct.pack(">BBHI", 0x82, 0x80 | 126, len(raw) & 0xFFFF, 0) + raw  # masked with zeros
    reading = asyncio.ensure_future(_read_all(reader))
    while not reading.done():
        writer.write(frame)
        await writer.drain()
        await asyncio.sleep(0.002)


async def _read_all(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass


async def _junk(connect: Connect) -> None:
    noise = random.randbytes(random.randrange(1, 5000))
    request = random.choice((noise, _post(_ROUTE, len(noise)) + noise, _UPGRADE + noise))
    await _ask(await connect(), request)


async def _trailers(connect: Connect) -> None:
    await _drip(await connect(), _post(_ROUTE, "chunked") + b"0\r\n", b"a:\r\n" * 2000, 0.05)


async def _unread(connect: Connect) -> None:
    """Requests many answers and reads none."""
    _, writer = await connect()
    for _ in range(2000):
        writer.write(b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(20):
            await writer.drain()
            await asyncio.Event().wait()


async def _dripped_video(connect: Connect) -> None:
    await _drip(await connect(), _post("/v1/videos", 1000, "video/mp4"))


async def _junk_video(connect: Connect) -> None:
    noise = b"\0\0\0\x18ftypisom" + random.randbytes(200_000)
    await _ask(await connect(), _post("/v1/videos", len(noise), "video/mp4") + noise)


KINDS: Final[dict[str, tuple[Callable[[Connect], Awaitable[None]], int]]] = {  # and how many at the same time
    "slow senders": (_slow_sender, 20),
    "slow headers": (_slow_header, 20),
    "idle connections": (_idle, 40),
    "half handshakes": (_half_handshake, 20),
    "bombs": (_bomb, 2),
    "big pictures": (_big_picture, 2),
    "live sockets at full speed": (_socket, 12),
    "junk": (_junk, 4),
    "endless trailers": (_trailers, 4),
    "unread answers": (_unread, 4),
    "dripped videos": (_dripped_video, 8),
    "junk videos": (_junk_video, 1),
}


async def attack(host: str, port: int, seconds: float) -> Counter[str]:
    """Runs all kinds at the same time; gives the number of attempts of each."""
    tries: Counter[str] = Counter()

    async def repeat(name: str, number: int, kind: Callable[[Connect], Awaitable[None]]) -> None:
        address = f"127.0.{number + 2}.1"
        while True:
            opened: list[asyncio.StreamWriter] = []

            async def connect() -> Streams:
                streams = await asyncio.open_connection(host, port, local_addr=(address, 0))
                opened.append(streams[1])  # noqa: B023 - the loop waits for the end of each attempt
                return streams

            tries[name] += 1
            with contextlib.suppress(OSError, EOFError, TimeoutError):
                await kind(connect)
            for writer in opened:
                writer.close()
            await asyncio.sleep(0.1)

    everyone = [
        repeat(name, number, kind) for number, (name, (kind, count)) in enumerate(KINDS.items()) for _ in range(count)
    ]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.gather(*everyone)
    return tries


def main() -> None:
    """Attacks, then prints the number of attempts."""
    if hasattr(os, "nice"):
        os.nice(19)
    host, _, port = sys.argv[1].partition(":")
    print(json.dumps(asyncio.run(attack(host, int(port), float(sys.argv[2])))))


if __name__ == "__main__":
    main()
