"""Nodes reach the Fleet API; nobody reaches what starts code on servers and nodes."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from emoar.federated.deployment import front
from emoar.federated.deployment.front import FleetOnly


def _request(path: str, superlink: Any, body: list[bytes] | None = None) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[dict[str, Any]] = []
    parts = body or [b""]

    async def receive() -> dict[str, Any]:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def run() -> None:
        async with httpx.AsyncClient(base_url="https://superlink", transport=httpx.MockTransport(superlink)) as client:
            headers = [(b"host", b"public"), (b"flwr-signature", b"abc"), (b"content-type", b"application/x-protobuf")]
            scope = {"type": "http", "method": "POST", "raw_path": path.encode(), "headers": headers}
            await FleetOnly(client)(scope, receive, send)

    asyncio.run(run())
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_requests_of_nodes_pass_with_their_signature_and_body() -> None:
    def superlink(request: httpx.Request) -> httpx.Response:
        assert (request.url.path, request.headers["flwr-signature"]) == ("/v1/fleet/push-messages", "abc")
        assert request.headers["host"] == "superlink"
        return httpx.Response(201, content=b"got " + request.content, headers={"x-answer": "1"})

    status, headers, body = _request("/v1/fleet/push-messages", superlink, [b"one", b"two"])
    assert (status, headers[b"x-answer"], body) == (201, b"1", b"got onetwo")
    assert headers[b"content-length"] == b"10"


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/control/start-run", "/v1/runtime/acquire-task", "/", "/docs", "/v1/fleet"),
        *("/v1/fleet/../control/start-run", "/v1/fleet/%2e%2e/control/start-run", "/v1/fleet//control", "//v1/fleet/x"),
    ],
)
def test_everything_else_does_not_exist(path: str) -> None:
    def superlink(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"{request.url} was passed on")

    assert _request(path, superlink)[0] == 404


def test_what_is_too_large_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody can send, also who has no key: the SuperLink would keep all of it in memory."""
    passed: list[bytes] = []

    def superlink(request: httpx.Request) -> httpx.Response:
        passed.append(request.content)
        return httpx.Response(200)

    monkeypatch.setattr(front, "MOST_BYTES", 10)
    assert _request("/v1/fleet/push-object", superlink, [b"12345"] * 2)[0] == 200
    assert _request("/v1/fleet/push-object", superlink, [b"12345"] * 3)[0] == 413
    assert passed == [b"1234512345"]


def test_a_superlink_that_is_gone_is_503() -> None:
    def superlink(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    assert _request("/v1/fleet/pull-messages", superlink)[0] == 503
