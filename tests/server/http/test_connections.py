"""Connections: which one makes room for a new one, and which client reads too little."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from server_process import PATIENCE_S, Server, Start, connected, eventually

from emoar.server.http.connections import Connection, Connections
from emoar.server.settings import Settings

STALL_S = 5.0


class FakeTransport(asyncio.Transport):
    """A transport whose client reads when the test wants it."""

    def __init__(self, host: str = "192.0.2.1") -> None:
        super().__init__({"peername": (host, 5)})
        self.waiting, self.cut = 0, False

    def write(self, data: Any) -> None:
        self.waiting += len(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def abort(self) -> None:
        self.cut = True


def opened(*hosts: str, **settings: Any) -> tuple[Connections, list[Connection | None], list[FakeTransport]]:
    transports = [FakeTransport(host) for host in hosts]

    async def play() -> tuple[Connections, list[Connection | None]]:
        connections = Connections(Settings(**settings))
        made = []
        for index, transport in enumerate(transports):
            made.append(connections.open(transport))
            if made[-1] is not None:
                made[-1].idle_since_s = float(index)
        return connections, made

    return *asyncio.run(play()), transports


def test_a_client_that_reads_nothing_is_stalled() -> None:
    transport = FakeTransport()
    connection = Connection(transport, "", 0.0)
    assert not connection.is_stalled(100.0, STALL_S)  # nothing waits
    connection.write(bytes(1_000_000))
    assert not connection.is_stalled(104.9, STALL_S)
    assert connection.is_stalled(105.0, STALL_S)


def test_a_client_that_reads_slowly_is_not_but_one_that_drips_is() -> None:
    for bytes_per_s, stalled in ((11_000, False), (9000, True)):
        transport = FakeTransport()
        connection = Connection(transport, "", 0.0)
        connection.write(bytes(10_000_000))
        found = []
        for second in range(1, 60):
            transport.waiting -= bytes_per_s
            found.append(connection.is_stalled(float(second), STALL_S))
        assert any(found) == stalled


def test_what_is_written_meanwhile_is_not_mistaken_for_what_is_not_read() -> None:
    transport = FakeTransport()
    connection = Connection(transport, "", 0.0)
    connection.write(bytes(60_000))
    for second in range(1, 60):  # the same number of bytes waits at every check
        transport.waiting -= 20_000
        connection.write(bytes(20_000))
        assert not connection.is_stalled(float(second), STALL_S)


def test_the_tls_transport_counts_too() -> None:
    tcp, tls = FakeTransport(), FakeTransport()
    connection = Connection(tcp, "", 0.0)
    connection.begin_tls(tls)
    connection.write(b"a")
    assert (tls.waiting, tcp.waiting) == (1, 0)
    tls.waiting, tcp.waiting = 0, 30  # encrypted
    assert connection.is_stalled(STALL_S, STALL_S)


def test_the_longest_idle_connection_makes_room() -> None:
    _, made, transports = opened("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2", max_connections=3)
    assert all(made)
    assert [transport.cut for transport in transports] == [True, False, False, False]


def test_the_address_with_the_most_makes_room() -> None:
    hosts = ("198.51.100.7", "192.0.2.1", "192.0.2.1", "203.0.113.5")  # the first is idle for longest
    _, _, transports = opened(*hosts, max_connections=3)
    assert [transport.cut for transport in transports] == [False, True, False, False]


def test_one_address_has_a_share() -> None:
    hosts = ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1", "192.0.2.1")  # the first three are one /64
    _, made, transports = opened(*hosts, max_connections=10, max_connections_per_address=2)
    assert all(made)
    assert [transport.cut for transport in transports] == [True, False, False, False, False]


def test_busy_connections_stay() -> None:
    async def play() -> list[bool]:
        connections = Connections(Settings(max_connections=2))
        made = [connections.open(FakeTransport()) for _ in range(2)]
        for connection in made:
            assert connection is not None
            connection.idle_since_s = None
        refused = connections.open(FakeTransport())
        assert made[0] is not None
        connections.close(made[0])
        connections.close(made[0])
        return [refused is None, connections.open(FakeTransport()) is not None]

    assert asyncio.run(play()) == [True, True]


def test_a_proxy_has_no_share() -> None:
    settings = {"max_connections": 10, "max_connections_per_address": 1, "trusted_proxies": "10.0.0.0/8"}
    _, _, transports = opened("10.1.2.3", "10.1.2.3", "::ffff:10.1.2.3", "192.0.2.1", **settings)
    assert not any(transport.cut for transport in transports)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_idle_connections_keep_nobody_out(start: Start, tls: bool) -> None:
    server = start(tls=tls, max_connections=10, idle_s=600, stall_s=600)
    before = open_sockets(server)
    first = [connected(server) for _ in range(30)]  # these say nothing
    kept = [server.client() for _ in range(30)]  # these keep their connections
    try:
        assert [http.get("/healthz").status_code for http in kept] == [200] * 30
        eventually(lambda: open_sockets(server) - before, lambda count: count <= 10)
    finally:
        for each in (*first, *kept):
            each.close()


def open_sockets(server: Server) -> int:
    found = 0
    for entry in Path(f"/proc/{server.process.pid}/fd").iterdir():
        try:
            found += entry.readlink().name.startswith("socket:")
        except OSError:
            continue
    return found


def test_silent_connections_are_cut(start: Start) -> None:
    for tls in (False, True):
        server = start(tls=tls, stall_s=0.5)
        with connected(server) as silent, connected(server) as half:
            half.sendall(b"\x16\x03\x01" if tls else b"GET / HT")
            for connection in (silent, half):
                connection.settimeout(PATIENCE_S)
                try:
                    assert connection.recv(100) == b""
                except ConnectionResetError:
                    continue
        with server.client() as http:
            assert http.get("/healthz").status_code == 200
