"""The open TCP connections of a server: their number in all and of each address, and clients that stop reading."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, Final

from emoar.server.http.rate_limit import network_of
from emoar.server.settings import Settings

__all__ = ["Connection", "Connections"]

_LEAST_BYTES_PER_S: Final = 10_000  # that a client must read while a response waits for it
_KERNEL_BYTES: Final = 131_072  # of a response that the kernel takes before it can send them
_CHECKS: Final = 4  # of each connection within `stall_s`


class Connection:
    """A TCP connection, with or without TLS, that uvicorn's protocols use as their transport.

    It counts what is written. What the transports still hold of it shows whether the client reads, whatever the event
    loop: a transport with TLS does not report when the TCP transport below it is full.
    """

    def __init__(self, transport: asyncio.Transport, address: str, now_s: float) -> None:
        self._tcp = self._transport = transport
        self.address = address  # IPv4 address, or /64 network
        self.idle_since_s: float | None = now_s  # None while a request is in progress
        self.drop: Callable[[], None] = transport.abort  # ends it in favour of a new one
        self._written = self._read = 0  # bytes
        self._closed = False
        self._checked_s = now_s  # when `_read` last grew enough
        handle = self._socket()
        if handle is not None and hasattr(socket, "TCP_NOTSENT_LOWAT"):  # else the kernel takes megabytes at once
            handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _KERNEL_BYTES)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def begin_tls(self, transport: asyncio.Transport) -> None:
        """Writes through a TLS transport above the TCP transport from now on."""
        self._transport = transport

    def write(self, data: bytes) -> None:
        """Sends data; counted."""
        self._written += len(data)
        self._transport.write(data)

    def close(self) -> None:
        """Closes it when everything is sent. A second call would break asyncio's TLS transport."""
        if not self._closed:
            self._closed = True
            self._transport.close()

    def cut(self) -> None:
        """Closes it with a TCP reset, so that the kernel drops the unread data, too."""
        handle = self._socket()
        if handle is not None:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._tcp.abort()

    def _socket(self) -> socket.socket | None:
        return self._tcp.get_extra_info("socket")

    def is_stalled(self, now_s: float, stall_s: float) -> bool:
        """Whether data waits and the client has read too little of it for `stall_s`."""
        waiting = self._tcp.get_write_buffer_size()
        if self._transport is not self._tcp:
            waiting += self._transport.get_write_buffer_size()
        read = self._written - waiting
        if waiting == 0 or read - self._read >= stall_s * _LEAST_BYTES_PER_S:
            self._read, self._checked_s = read, now_s
        return now_s - self._checked_s >= stall_s


class Connections:
    """All open connections.

    When there are too many, the one that is idle for longest makes room for a new one: one of the same address if that
    has too many, else one of the address with the most. A connection is refused only if no other is idle.
    """

    def __init__(self, settings: Settings) -> None:
        self._limit, self._share = settings.max_connections, settings.connections_per_address
        self._stall_s = settings.stall_s
        self._proxies = settings.proxies()
        self._open: set[Connection] = set()
        self._counts: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def open(self, transport: asyncio.Transport) -> Connection | None:
        """The connection of a TCP transport that was just accepted; None when there is no room for it."""
        loop = asyncio.get_running_loop()
        peer: Any = transport.get_extra_info("peername")
        host = str(peer[0]) if isinstance(peer, tuple) and peer else ""  # pyright: ignore[reportUnknownArgumentType]
        connection = Connection(transport, network_of(host), loop.time())
        if not self._make_room(connection.address, shared=not self._is_proxy(host)):
            return None
        self._open.add(connection)
        self._counts[connection.address] += 1
        if self._timer is None:
            self._timer = loop.call_later(self._stall_s / _CHECKS, self._check, loop)
        return connection

    def close(self, connection: Connection) -> None:
        """Forgets a connection that has been lost; a second call is harmless."""
        if connection not in self._open:
            return
        self._open.remove(connection)
        self._counts[connection.address] -= 1
        if not self._counts[connection.address]:
            del self._counts[connection.address]

    def _make_room(self, address: str, *, shared: bool) -> bool:
        crowded = shared and self._counts[address] >= self._share
        if not crowded and len(self._open) < self._limit:
            return True
        idle = [
            (self._counts[other.address], -other.idle_since_s, id(other), other)
            for other in self._open
            if other.idle_since_s is not None and (not crowded or other.address == address)
        ]
        if not idle:
            return False
        victim = max(idle)[-1]
        self.close(victim)
        victim.drop()
        return True

    def _is_proxy(self, host: str) -> bool:
        return bool(self._proxies) and any(ip_address(host.partition("%")[0]) in each for each in self._proxies)

    def _check(self, loop: asyncio.AbstractEventLoop) -> None:
        now_s = loop.time()
        for connection in self._open:
            if connection.is_stalled(now_s, self._stall_s):
                connection.cut()
        self._timer = loop.call_later(self._stall_s / _CHECKS, self._check, loop) if self._open else None
