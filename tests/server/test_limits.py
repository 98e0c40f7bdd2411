"""Limits: each is named when it is exceeded, and nobody slows the others."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress

import httpx
import numpy as np
import pytest
from pictures import encoded
from server_process import Server, Start

URL = "/v1/expressions"


@pytest.fixture(scope="module")
def small(start: Start) -> Server:
    """A server with limits that are easily reached."""
    return start(
        max_upload_bytes=200_000,
        max_pixels=400_000,
        max_pictures=2,
        max_requests=2,
        max_uploads=6,
        max_connections=40,
        upload_s=2,
        stall_s=1,
        idle_s=20,
    )


def connected(server: Server) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


@contextmanager
def connections(server: Server, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(connected(server)) for _ in range(count)]


def head(length: int, host: str = "127.0.0.1") -> bytes:
    return (
        f"POST {URL} HTTP/1.1\r\nHost: {host}\r\nContent-Type: image/jpeg\r\nContent-Length: {length}\r\n\r\n".encode()
    )


@pytest.mark.parametrize("chunked", [False, True])
def test_too_many_bytes(small: Server, chunked: bool) -> None:
    data = b"\xff\xd8\xff" + bytes(300_000)
    with small.client() as http:
        answer = http.post(URL, content=iter([data]) if chunked else data)
    assert answer.status_code == 413
    assert (answer.json()["limit"], answer.json()["value"]) == ("max_upload_bytes", 200_000)


def test_too_many_pixels_and_pictures(small: Server) -> None:
    with small.client() as http:
        answer = http.post(URL, content=encoded(np.zeros((700, 700, 3), np.uint8), ".png"))
        assert (answer.status_code, answer.json()["limit"]) == (422, "max_pixels")
        little = encoded(np.zeros((20, 30, 3), np.uint8))
        answer = http.post(URL, files=[("file", little)] * 3)
        assert (answer.status_code, answer.json()["limit"]) == (422, "max_pictures")


def test_a_full_queue_says_so_at_once_and_recovers(small: Server, jpeg: bytes) -> None:
    def ask(_: int) -> tuple[int, float, httpx.Headers]:
        with small.client() as http:
            http.get("/healthz")  # the connection stands
            started = time.monotonic()
            answer = http.post(URL, content=jpeg, params={"mode": "photo"})
            return answer.status_code, time.monotonic() - started, answer.headers

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(ask, range(24)))
    codes = [code for code, _, _ in answers]
    assert set(codes) == {200, 503}
    assert all(headers["retry-after"] for code, _, headers in answers if code == 503)
    with small.client() as http:
        assert http.post(URL, content=jpeg).status_code == 200


@pytest.fixture
def full(start: Start, jpeg: bytes) -> Iterator[Server]:
    """A server with room for one picture, which its worker has and does not look at."""
    server = start(max_requests=1, request_s=60)
    (worker,) = server.children()
    os.kill(worker, signal.SIGSTOP)
    try:
        with connected(server) as first:
            first.sendall(head(len(jpeg)) + jpeg)
            with server.client() as http:
                until = time.monotonic() + 20
                while "emoar_pending_pictures 1.0" not in http.get("/metrics").text:
                    assert time.monotonic() < until
            yield server
    finally:
        os.kill(worker, signal.SIGCONT)


@pytest.mark.parametrize("waits", [True, False], ids=["waits for 100 Continue", "sends no body"])
def test_a_full_server_says_so_before_the_body(full: Server, waits: bool) -> None:
    with connected(full) as connection:
        asked = head(5_000_000)
        connection.sendall(asked.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n") if waits else asked)
        said = b""
        while part := connection.recv(4096):  # it hangs up, since a body may still come
            said += part
    assert said.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 1\r\n" in said
    assert b'"limit": "max_requests"' in said
    assert b"100 Continue" not in said


def test_a_refusal_keeps_the_connection_and_is_counted(full: Server, jpeg: bytes) -> None:
    with full.client() as http:
        answers = [http.post(URL, content=jpeg) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [503] * 5
        assert not any("connection" in answer.headers for answer in answers)
        assert http.post(URL, content=jpeg, headers={"origin": "https://evil.example"}).status_code == 403
        text = http.get("/metrics").text
    assert 'emoar_refused_total{limit="max_requests"} 5.0' in text
    assert 'emoar_requests_total{route="/v1/expressions",status="503"} 5.0' in text


def test_a_slow_upload_is_cut_and_slows_nobody(small: Server, jpeg: bytes) -> None:
    stop = threading.Event()

    def drip(slow: list[socket.socket]) -> None:
        with suppress(OSError):
            while not stop.wait(0.3):
                for connection in slow:
                    connection.send(b"0")

    with connections(small, 3) as slow:
        for connection in slow:
            connection.sendall(head(100_000) + b"\xff\xd8\xff")
        thread = threading.Thread(target=drip, args=(slow,))
        thread.start()
        started = time.monotonic()
        with small.client() as http:
            assert http.post(URL, content=jpeg).status_code == 200
        assert time.monotonic() - started < 1.5
        said = slow[0].recv(4096)
        stop.set()
        thread.join()
    assert b" 408 " in said.partition(b"\r\n")[0]
    assert time.monotonic() - started < 8


def test_uploads_are_limited(small: Server, jpeg: bytes) -> None:
    with connections(small, 6) as slow, small.client() as http:
        for connection in slow:
            connection.sendall(head(100_000) + b"\xff\xd8\xff")
        time.sleep(0.3)
        answer = http.post(URL, content=jpeg)
        assert (answer.status_code, answer.json()["limit"]) == (503, "max_uploads")
    time.sleep(0.5)
    with small.client() as http:
        assert http.post(URL, content=jpeg).status_code == 200


def test_a_slow_header_is_cut(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        started = time.monotonic()
        assert connection.recv(100) == b""
        assert 0.5 < time.monotonic() - started < 4


def test_an_endless_header_is_cut(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        try:
            for _ in range(200):
                connection.sendall(b"a" * 10_000)
            said = connection.recv(1000)
        except ConnectionError:
            return
    assert said.startswith(b"HTTP/1.1 431 ")
    assert b'"type": "urn:emoar:problem:long-header"' in said


def test_what_is_no_http_is_told_so(small: Server) -> None:
    with connected(small) as connection:
        connection.sendall(b"hello\r\n\r\n")
        said = b""
        while part := connection.recv(4096):
            said += part
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert json.loads(body)["type"] == "urn:emoar:problem:no-http"


def test_connections_are_limited(small: Server) -> None:
    with connections(small, 60) as many:
        time.sleep(0.3)
        answers = [connection.recv(2000) for connection in many]  # those let in are cut after stall_s, without a word
    assert sum(b" 503 " in answer and b"max_connections" in answer for answer in answers) >= 10
    assert b"" in answers
    time.sleep(0.3)
    with small.client() as http:
        assert http.get("/healthz").status_code == 200


def test_a_client_that_takes_nothing_is_cut(small: Server) -> None:
    """Many requests whose answers are never read: the server does not keep them for ever."""
    with connected(small) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        until = time.monotonic() + 15
        with pytest.raises(ConnectionError):
            while time.monotonic() < until:
                connection.sendall(10 * request)
                time.sleep(0.01)
    assert "Traceback" not in small.log.read_text()


def test_a_worker_that_dies_is_replaced(start: Start, jpeg: bytes) -> None:
    server = start(workers=2)
    with server.client() as http:
        assert http.post(URL, content=jpeg).status_code == 200
        old = server.children()
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        until, codes = time.monotonic() + 20, []
        while time.monotonic() < until and codes[-3:] != [200] * 3:
            codes.append(http.post(URL, content=jpeg).status_code)
        assert codes[-3:] == [200] * 3
        assert set(codes) <= {200, 503}
        assert not set(old) & set(server.children())
        assert "emoar_worker_crashes_total" in http.get("/metrics").text


def test_a_worker_that_hangs_is_replaced(start: Start, jpeg: bytes) -> None:
    server = start(request_s=1.5)
    with server.client() as http:
        assert http.post(URL, content=jpeg).status_code == 200
        (pid,) = server.children()
        os.kill(pid, signal.SIGSTOP)
        started = time.monotonic()
        answer = http.post(URL, content=jpeg)
        assert (answer.status_code, answer.json()["limit"]) == (503, "request_s")
        assert time.monotonic() - started < 4
        until = time.monotonic() + 20
        while time.monotonic() < until and answer.status_code != 200:
            answer = http.post(URL, content=jpeg)
        assert answer.status_code == 200


def test_sigterm_finishes_what_is_under_way(start: Start, jpeg: bytes) -> None:
    server = start()
    codes: list[int] = []

    def ask() -> None:
        with server.client() as http:
            http.get("/healthz")
            codes.append(http.post(URL, files=[("file", jpeg)] * 12, params={"mode": "photo"}).status_code)

    thread = threading.Thread(target=ask)
    thread.start()
    with server.client() as http:
        until = time.monotonic() + 20
        while "emoar_pending_pictures 0.0" in http.get("/metrics").text:  # not before it is under way
            assert time.monotonic() < until
    assert server.stop() == 0
    thread.join()
    assert codes == [200]
