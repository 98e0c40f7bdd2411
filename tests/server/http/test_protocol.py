"""Limits of the connection: clients that read nothing, slow and long headers, too many connections."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from server_process import PATIENCE_S, URL, Server, Start, answer_to, connected, connections, eventually, received


@pytest.fixture(scope="module")
def small(start: Start) -> Server:
    """A server with limits that are easily reached."""
    return start(max_connections=40, stall_s=1)


def test_a_slow_header_is_cut(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert received(connection) == b""


def test_an_endless_header_is_cut(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        try:
            for _ in range(200):
                connection.sendall(b"a" * 10_000)
            response = connection.recv(1000)
        except ConnectionError:
            return
    assert response.startswith(b"HTTP/1.1 431 ")
    assert b'"type": "urn:emoar:problem:long-header"' in response


def test_bytes_that_are_no_http(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"hello\r\n\r\n")
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert json.loads(body)["type"] == "urn:emoar:problem:no-http"


def test_connections_are_limited(small: Server) -> None:
    with connections(small, 60) as many:
        # those within the limit are cut after stall_s, without a response
        responses = [connection.recv(2000) for connection in many]
    assert sum(b" 503 " in response and b"max_connections" in response for response in responses) >= 10
    assert b"" in responses

    def status() -> int:
        with small.client() as http:
            return http.get("/healthz").status_code

    eventually(status, lambda code: code == 200)


def test_a_client_that_reads_no_responses_is_cut(small: Server) -> None:
    with connected(small) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        connection.settimeout(PATIENCE_S)
        with pytest.raises(ConnectionError):
            while True:
                connection.sendall(10 * request)
    assert "Traceback" not in small.log.read_text()


def memory_kb(server: Server) -> int:
    """Resident memory of the HTTP process."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


CHUNKED = f"POST {URL} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n".encode()


@pytest.mark.parametrize("path", [URL, "/upload", "/v1/videos", "/healthz"])
@pytest.mark.parametrize("piece", [b"a:\r\n" * 25_000, b"a" * 100_000, b"a: " + b"b" * 4990 + b"\r\n"])
def test_endless_trailers_are_cut_and_not_kept(small: Server, path: str, piece: bytes) -> None:
    before = memory_kb(small)
    with connected(small) as connection:
        connection.sendall(CHUNKED.replace(URL.encode(), path.encode()))
        with pytest.raises(ConnectionError):
            for _ in range(2000):  # up to 200 MB
                connection.sendall(piece)
    assert memory_kb(small) - before < 20_000
    assert "Traceback" not in small.log.read_text()


def test_short_trailers_are_ignored(small: Server) -> None:
    request = CHUNKED + b"Host: evil.example\r\nAuthorization: Bearer x\r\n\r\n"
    with connected(small) as connection:
        connection.sendall(request + b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        response = received(connection)
    assert response.startswith(b"HTTP/1.1 415 ")  # "a" is no picture
    assert b"HTTP/1.1 200 OK" in response


def handshake(*lines: str, method: str = "GET", key: str = "AAAAAAAAAAAAAAAAAAAAAA==", body: str = "") -> bytes:
    common = ("Host: 127.0.0.1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")
    head = (f"{method} /v1/live HTTP/1.1", *common, f"Sec-WebSocket-Key: {key}", *lines)
    return "\r\n".join([*head, "", body]).encode()


BROKEN = {
    "length": (handshake("Content-Length: 4"), 400),
    "length and body": (handshake("Content-Length: 4", body="abcd"), 400),
    "chunked": (handshake("Transfer-Encoding: chunked"), 400),
    "long header": (handshake("X: " + "a" * 9000), 431),
    "long address": (handshake().replace(b"/v1/live", b"/v1/live?" + b"a" * 9000), 431),
    "many headers": (handshake(*(f"X{n}: a" for n in range(200))), 431),
    "post": (handshake(method="POST"), 400),
    "post with a body": (handshake("Content-Length: 2", method="POST", body="ab"), 400),
    "put": (handshake(method="PUT"), 400),
    "no key": (handshake(key=""), 400),
    "short key": (handshake(key="AAAA"), 400),
    "version": (handshake().replace(b"Version: 13", b"Version: 12"), 400),
    "two versions": (handshake("Sec-WebSocket-Version: 8"), 400),
    "HTTP/1.0": (handshake().replace(b"HTTP/1.1", b"HTTP/1.0"), 400),
}


@pytest.mark.parametrize(("request_", "status"), BROKEN.values(), ids=BROKEN)
def test_a_broken_handshake_is_answered_and_closed(small: Server, request_: bytes, status: int) -> None:
    head, _, body = answer_to(small, request_).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"x-content-type-options: nosniff" in head
    assert b"connection: close" in head
    assert json.loads(body)["status"] == status


def test_a_handshake_of_another_path_is_answered(small: Server) -> None:
    for path in (b"/nothing", b"/", b"/v1/expressions"):
        assert b" 40" in answer_to(small, handshake().replace(b"/v1/live", path))[:16]


AMBIGUOUS = {
    "another encoding": (("Transfer-Encoding: gzip, chunked",), 501),
    "only another encoding": (("Transfer-Encoding: gzip",), 501),
    "identity": (("Transfer-Encoding: identity",), 501),
    "tab": (("Transfer-Encoding: \x0bchunked",), 501),
    "encoding twice": (("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400),
    "chunked twice": (("Transfer-Encoding: chunked, chunked",), 501),
    "encodings apart": (("Transfer-Encoding: gzip", "Transfer-Encoding: chunked"), 400),
    "encoding and length": (("Transfer-Encoding: chunked", "Content-Length: 4"), 400),
    "length and encoding": (("Content-Length: 4", "Transfer-Encoding: chunked"), 400),
    "two lengths": (("Content-Length: 4", "Content-Length: 4"), 400),
    "list of lengths": (("Content-Length: 4, 4",), 400),
    "signed length": (("Content-Length: +4",), 400),
    "hexadecimal length": (("Content-Length: 0x4",), 400),
    "negative length": (("Content-Length: -4",), 400),
    "huge length": (("Content-Length: " + "9" * 40,), 400),
    "length with a separator": (("Content-Length: 1_0",), 400),
}


@pytest.mark.parametrize(("lines", "status"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_an_ambiguous_length_is_refused(small: Server, lines: tuple[str, ...], status: int) -> None:
    head = (f"POST {URL} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: image/jpeg", *lines, "", "")
    body = "4\r\nabcd\r\n0\r\n\r\n"
    response = answer_to(small, "\r\n".join(head).encode("latin-1") + body.encode())
    assert int(response.split(b" ", 2)[1]) in (status, 400), response[:200]
    assert b"x-content-type-options: nosniff" in response
    assert response.count(b"HTTP/1.1 ") == 1  # the body is no second request


def test_a_fault_after_a_request_does_not_spoil_its_answer(small: Server) -> None:
    good = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    for bad in (b"rubbish\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"):
        head, _, body = answer_to(small, good + bad).partition(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.splitlines() if line.startswith(b"content-length"))
        assert head.startswith(b"HTTP/1.1 200 ")
        json.loads(body[:length])


def test_a_request_to_change_to_http_2_is_answered_in_http_1(small: Server) -> None:
    upgrade = b"Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
    response = answer_to(small, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + upgrade)
    assert response.startswith(b"HTTP/1.1 200 OK")


def test_broken_handshakes_hold_no_connections(start: Start) -> None:
    server = start(max_connections=10, stall_s=600, idle_s=600)
    with connections(server, 10) as many:
        for connection, (request, _) in zip(many, BROKEN.values(), strict=False):
            connection.sendall(request)
        for connection in many:
            received(connection)
        with server.client() as http:
            assert http.get("/healthz").status_code == 200
