"""Load on a server of this machine: connections that are kept, each asking again as soon as it is answered, or at a
given rate whether or not it is answered."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

__all__ = ["Load", "at_rate", "closed_loop"]


@dataclass
class Load:
    """What came of it."""

    seconds: float = 0.0
    times_ms: dict[int, list[float]] = field(default_factory=dict[int, list[float]])  # by status; 0 is no answer
    bodies: set[bytes] = field(default_factory=set[bytes])  # different answers, at most a few

    def count(self, *statuses: int) -> int:
        """Answers with one of these; all if none is given."""
        return sum(len(times) for status, times in self.times_ms.items() if not statuses or status in statuses)

    def percentile(self, share: float, *statuses: int) -> float:
        """Milliseconds within which that share of the answers came."""
        times = sorted(t for s, ts in self.times_ms.items() if not statuses or s in statuses for t in ts)
        return times[min(int(share * len(times)), len(times) - 1)] if times else float("nan")

    def add(self, status: int, milliseconds: float, body: bytes) -> None:
        """One answer."""
        self.times_ms.setdefault(status, []).append(milliseconds)
        if len(self.bodies) < 4:
            self.bodies.add(body)


class _Connection:
    def __init__(self, url: str, picture: bytes, address: str | None = None) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        head = (
            f"POST {parts.path}?{parts.query} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Content-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
        )
        self._request = head.encode() + picture
        self._local = (address, 0) if address else None
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self) -> tuple[int, bytes]:
        """Status and body; 0 when the connection broke."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._host, self._port, local_addr=self._local)
            reader, writer = self._streams
            writer.write(self._request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            body = await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
            if b"connection: close" in head:
                self.close()
            return int(head[9:12]), body
        except (OSError, asyncio.IncompleteReadError, IndexError):
            self.close()
            return 0, b""

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def closed_loop(
    url: str, picture: bytes, connections: int, seconds: float, pause_s: float = 0.0, address: str | None = None
) -> Load:
    """So many clients, each asking when it has been answered (and has waited `pause_s`); all have this address."""
    load, started = Load(), time.perf_counter()

    async def client() -> None:
        connection = _Connection(url, picture, address)
        while time.perf_counter() - started < seconds:
            asked = time.perf_counter()
            status, body = await connection.ask()
            load.add(status, 1e3 * (time.perf_counter() - asked), body)
            if pause_s:
                await asyncio.sleep(max(0.0, pause_s - (time.perf_counter() - asked)))
        connection.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    load.seconds = time.perf_counter() - started
    return load


async def at_rate(url: str, picture: bytes, per_s: float, seconds: float, connections: int = 256) -> Load:
    """Requests at a rate, on whichever connection is free; those that find none are counted as 0."""
    load, free, tasks = Load(), [_Connection(url, picture) for _ in range(connections)], set[asyncio.Task[None]]()
    started, sent = time.perf_counter(), 0

    async def once(connection: _Connection) -> None:
        asked = time.perf_counter()
        status, body = await connection.ask()
        load.add(status, 1e3 * (time.perf_counter() - asked), body)
        free.append(connection)

    while (now := time.perf_counter() - started) < seconds:
        while sent < now * per_s:
            sent += 1
            if free:
                task = asyncio.create_task(once(free.pop()))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            else:
                load.add(0, 0.0, b"")
        await asyncio.sleep(0.002)
    await asyncio.gather(*tasks)
    for connection in free:
        connection.close()
    load.seconds = time.perf_counter() - started
    return load
