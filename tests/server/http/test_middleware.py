"""Refusals before the body, limits on uploads, and the common headers."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from server_process import URL, Server, Start, answer_to, connected, connections, eventually, post_head

from emoar.server.http.access import Access
from emoar.server.http.middleware import RequestMiddleware
from emoar.server.http.problems import Problem
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings


def exchange(
    early_check: Problem | None = None, *, method: str = "POST", body: tuple[bytes, ...] = (b"",), **headers: str
) -> tuple[list[dict[str, Any]], list[bytes], str]:
    """What a client receives, the pieces of its body that are read, and the metrics."""
    sent: list[dict[str, Any]] = []
    read: list[bytes] = []
    waiting = list(body)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"SAMEORIGIN")]})
        await send({"type": "http.response.body", "body": b"1"})

    async def receive() -> dict[str, Any]:
        read.append(waiting.pop(0))
        return {"type": "http.request", "body": read[-1], "more_body": bool(waiting)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    def check() -> None:
        if early_check is not None:
            raise early_check

    settings, metrics = Settings(), Metrics()
    middleware = RequestMiddleware(app, settings, Access(settings, metrics), metrics, {URL: check})
    named = {"host": "127.0.0.1", "content_length": str(sum(map(len, body)))} | headers
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()]
    scope = {"type": "http", "method": method, "path": URL, "headers": raw, "client": ("192.0.2.1", 5)}
    asyncio.run(middleware(scope, receive, send))  # type: ignore[arg-type]
    return sent, read, metrics.text().decode()


def test_a_response_has_the_common_headers_and_is_counted() -> None:
    (start, end), read, metrics = exchange(body=(b"a", b"b"))
    names = [name for name, _ in start["headers"]]
    assert (start["status"], end["body"], read) == (200, b"1", [b"a", b"b"])
    assert {b"content-security-policy", b"x-request-id", b"x-content-type-options"} <= set(names)
    assert names.count(b"x-frame-options") == 1  # the application's own
    assert b"connection" not in names
    assert 'emoar_requests_total{route="/v1/expressions",status="200"} 1.0' in metrics


def test_an_early_refusal_drains_the_body_and_keeps_the_connection() -> None:
    (start, _), read, metrics = exchange(Problem(503, "busy", "full", retry_after_s=1), body=(b"a", b"b"))
    assert (start["status"], read) == (503, [b"a", b"b"])
    assert b"connection" not in dict(start["headers"])
    assert 'status="503"' in metrics


def test_an_early_refusal_of_a_body_that_is_held_back_reads_none_of_it() -> None:
    refusal = Problem(503, "busy", "full", retry_after_s=1)
    (start, *_), read, _ = exchange(refusal, body=(b"a", b"b"), expect="100-continue")
    assert (start["status"], read) == (503, [])
    assert dict(start["headers"])[b"connection"] == b"close"


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"host": "rebound.example"}, 421), ({"origin": "https://evil.example"}, 403), ({}, 200)],
)
def test_access_is_checked_before_the_application(headers: dict[str, str], status: int) -> None:
    assert exchange(**headers)[0][0]["status"] == status  # type: ignore[arg-type]


def test_every_response_has_the_headers(http: httpx.Client) -> None:
    for path in ("/healthz", "/nothing", "/"):
        headers = http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-embedder-policy"] == "require-corp"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


@pytest.fixture
def full(start: Start, jpeg: bytes) -> Iterator[Server]:
    """A server with room for one picture, which its stopped worker never processes."""
    server = start(max_requests=1, request_s=600)
    (worker,) = server.children()
    os.kill(worker, signal.SIGSTOP)
    try:
        with connected(server) as first:
            first.sendall(post_head(len(jpeg)) + jpeg)
            with server.client() as http:
                eventually(lambda: "emoar_pending_pictures 1.0" in http.get("/metrics").text)
            yield server
    finally:
        os.kill(worker, signal.SIGCONT)


@pytest.mark.parametrize("waits", [True, False], ids=["waits for 100 Continue", "sends no body"])
def test_a_full_server_refuses_before_the_body(full: Server, waits: bool) -> None:
    with connected(full) as connection:
        head = post_head(5_000_000)
        connection.sendall(head.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n") if waits else head)
        response = b""
        while part := connection.recv(4096):  # the server closes the connection, since a body may still arrive
            response += part
    assert response.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 1\r\n" in response
    assert b'"limit": "max_requests"' in response
    assert b"100 Continue" not in response


def test_a_refusal_keeps_the_connection_and_is_counted(full: Server, jpeg: bytes) -> None:
    with full.client() as http:
        responses = [http.post(URL, content=jpeg) for _ in range(5)]
        assert [response.status_code for response in responses] == [503] * 5
        assert not any("connection" in response.headers for response in responses)
        assert http.post(URL, content=jpeg, headers={"origin": "https://evil.example"}).status_code == 403
        text = http.get("/metrics").text
    assert 'emoar_refused_total{limit="max_requests"} 5.0' in text
    assert 'emoar_requests_total{route="/v1/expressions",status="503"} 5.0' in text


def test_uploads_are_limited(start: Start, jpeg: bytes) -> None:
    server = start(max_uploads=6, upload_s=600, stall_s=600)

    def post() -> httpx.Response:
        with server.client() as http:
            return http.post(URL, content=jpeg)

    with connections(server, 6) as slow:
        for connection in slow:
            connection.sendall(post_head(100_000) + b"\xff\xd8\xff")
        refused = eventually(post, lambda response: response.status_code == 503)
        assert refused.json()["limit"] == "max_uploads"
    eventually(post, lambda response: response.status_code == 200)


def test_uploads_of_one_address_are_limited(start: Start, jpeg: bytes) -> None:
    server = start(max_uploads=6, max_uploads_per_address=2, upload_s=600, stall_s=600)

    def post() -> httpx.Response:
        with server.client() as http:
            return http.post(URL, content=jpeg)

    with connections(server, 2) as slow:
        for connection in slow:
            connection.sendall(post_head(100_000) + b"\xff\xd8\xff")
        refused = eventually(post, lambda response: response.status_code == 503)
        assert (refused.json()["limit"], refused.json()["value"]) == ("max_uploads_per_address", 2)
    eventually(post, lambda response: response.status_code == 200)


@pytest.mark.parametrize(
    "path", ["/", "/upload", "/docs", "/docs/start.js", "/openapi.json", "/healthz", "/readyz", "/metrics", "/nothing"]
)
def test_head_is_get_without_the_body(server: Server, path: str) -> None:
    def answer(method: str) -> tuple[bytes, list[bytes], bytes]:
        request = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        head, _, body = answer_to(server, request.encode()).partition(b"\r\n\r\n")
        status, *headers = head.splitlines()
        changing = (b"date", b"x-request-id", b"content-length" if path == "/metrics" else b"-")
        return status, sorted(line for line in headers if not line.startswith(changing)), body

    get, head = answer("GET"), answer("HEAD")
    assert head[:2] == get[:2]
    assert (head[2], bool(get[2])) == (b"", True)


def test_head_of_what_needs_another_method(http: httpx.Client) -> None:
    answer = http.head(URL)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def failing(scope: Any, receive: Any, send: Any) -> None:
    raise KeyError("secret")


async def failing_late(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise KeyError("secret")


def test_a_bug_is_answered_once_with_all_headers(caplog: pytest.LogCaptureFixture) -> None:
    for app, statuses in ((failing, [500]), (failing_late, [200])):
        sent: list[dict[str, Any]] = []

        async def send(message: Any, sent: list[dict[str, Any]] = sent) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        settings, metrics = Settings(), Metrics()
        middleware = RequestMiddleware(app, settings, Access(settings, metrics), metrics, {})
        raw = [(b"host", b"127.0.0.1")]
        scope = {"type": "http", "method": "GET", "path": "/healthz", "headers": raw, "client": None}
        asyncio.run(middleware(scope, receive, send))  # type: ignore[arg-type]
        starts = [message for message in sent if message["type"] == "http.response.start"]
        assert [message["status"] for message in starts] == statuses
        if statuses == [500]:
            assert b"secret" not in sent[-1]["body"]
            assert b"content-security-policy" in dict(starts[0]["headers"])
    assert caplog.text.count("a request met a bug") == 2
