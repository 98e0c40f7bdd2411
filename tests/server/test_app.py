"""The application without a network: its lifespan, and errors that no route handles."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from emoar.errors import ModelError
from emoar.server.app import create_app
from emoar.server.settings import Settings
from emoar.server.state import new_state


def get(*requests: tuple[str, str], **settings: object) -> list[httpx.Response]:
    async def play() -> list[httpx.Response]:
        app = create_app(new_state(Settings(**settings)))  # type: ignore[arg-type]
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return [await client.request(method, path) for method, path in requests]

    return asyncio.run(play())


def test_errors_are_problem_documents() -> None:
    requests = (("GET", "/nothing"), ("PUT", "/v1/expressions"), ("POST", "/v1/expressions?mode=film"))
    responses = get(*requests)
    assert [response.status_code for response in responses] == [404, 405, 422]
    assert {response.headers["content-type"] for response in responses} == {"application/problem+json"}
    assert responses[1].headers["allow"] == "POST"
    assert responses[2].json()["detail"].startswith("mode: ")


def test_a_bug_has_no_details(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object) -> bytes:
        raise KeyError("secret")

    monkeypatch.setattr("emoar.server.metrics.Metrics.text", fail)
    (response,) = get(("GET", "/metrics"))
    assert (response.status_code, response.json()["type"]) == (500, "urn:emoar:problem:bug")
    assert "secret" not in response.text


@pytest.mark.parametrize("origins", ["", "https://example.org"])
@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"", "image/jpeg", 422),
        (b"words", "text/plain", 415),
        (b"{", "application/json", 400),
        (b'{"image": "?"}', "application/json", 422),
        (b"x", "multipart/form-data", 400),
    ],
)
def test_a_request_without_parameters_is_refused_as_one_with_them(
    body: bytes, media_type: str, status: int, origins: str
) -> None:
    async def play() -> list[httpx.Response]:
        app = create_app(new_state(Settings(cors_origins=origins)))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"content-type": media_type, **({"origin": origins} if origins else {})}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
            return [await client.post(f"/v1/expressions{query}", content=body) for query in ("", "?mode=auto")]

    without, given = asyncio.run(play())
    assert without.status_code == status
    assert without.json() == given.json()
    facts = [[pair for pair in each.headers.multi_items() if pair[0] != "x-request-id"] for each in (without, given)]
    assert facts[0] == facts[1]


def test_a_bug_in_a_request_without_parameters_has_no_details(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr("emoar.server.routes.expressions.pictures_in", fail)
    (response,) = get(("POST", "/v1/expressions"))
    assert (response.status_code, response.json()["type"]) == (500, "urn:emoar:problem:bug")
    assert "secret" not in response.text


def test_a_server_that_cannot_start_has_the_reason(tmp_path: Path) -> None:
    async def play() -> list[dict[str, Any]]:
        state = new_state(Settings(workers=1, model="emoar-xxl", job_folder=tmp_path))
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "lifespan.startup"}

        async def send(message: Any) -> None:
            sent.append(message)

        with pytest.raises(ModelError):
            await create_app(state)({"type": "lifespan", "state": {}}, receive, send)  # type: ignore[arg-type]
        assert isinstance(state.failure, ModelError)
        return sent

    assert [message["type"] for message in asyncio.run(play())] == ["lifespan.startup.failed"]
    assert list(tmp_path.iterdir()) == []
