"""Access: API keys, rates, host names, pages of other origins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from server_process import URL, Server, Start, eventually

from emoar.server.http.access import Access, key_in
from emoar.server.http.api_keys import KeyFile
from emoar.server.http.problems import Problem
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings


def access(**settings: object) -> Access:
    return Access(Settings(**settings), Metrics())  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000", "[::1]", "LOCALHOST", "a.example:1"])
def test_own_host_names(host: str) -> None:
    access(allowed_hosts="a.example").check_host(host)


@pytest.mark.parametrize("host", ["", "b.example", "127.0.0.1.b.example", "[::2]", "["])
def test_other_host_names(host: str) -> None:
    with pytest.raises(Problem) as caught:
        access().check_host(host)
    assert caught.value.status == 421


def test_origins() -> None:
    guard = access(cors_origins="https://friend.example")
    for origin in (None, "https://friend.example", "http://127.0.0.1:8000"):
        guard.check_origin(origin, "127.0.0.1:8000")
    for origin in ("https://evil.example", "null", "http://127.0.0.1:9000"):
        with pytest.raises(Problem):
            guard.check_origin(origin, "127.0.0.1:8000")
    assert guard.cors_headers("https://evil.example") == {} == guard.cors_headers(None)
    assert guard.cors_headers("https://friend.example")["access-control-allow-origin"] == "https://friend.example"


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({}, None),
        ({"authorization": "Bearer  a "}, "a"),
        ({"authorization": "Basic a"}, None),
        ({"authorization": "Bearer", "x-api-key": "b"}, "b"),
        ({"sec-websocket-protocol": "emoar.live, emoar-key.c"}, "c"),
    ],
)
def test_the_key_in_the_headers(headers: dict[str, str], key: str | None) -> None:
    assert key_in(headers) == key


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "keys.json"


@pytest.fixture(scope="module")
def locked(start: Start, key_file: Path) -> tuple[Server, str]:
    """A server that needs API keys, and one of them."""
    _, text = KeyFile(key_file).create("phone")
    server = start(
        require_keys=True, keys_file=key_file, cors_origins="https://friend.example", allowed_hosts="emoar.test"
    )
    return server, text


def test_a_key_gives_access(locked: tuple[Server, str], jpeg: bytes) -> None:
    server, text = locked
    with server.client() as http:
        for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": f"Bearer {text[:-1]}x"}):
            answer = http.post(URL, content=jpeg, headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
        for headers in ({"authorization": f"Bearer {text}"}, {"x-api-key": text}):
            assert http.post(URL, content=jpeg, headers=headers).status_code == 200
        assert http.get("/healthz").status_code == 200
        assert http.get("/metrics").status_code == 401
        assert http.get("/v1/videos/0").status_code == 401


def test_the_page_needs_the_key_too(locked: tuple[Server, str], jpeg: bytes) -> None:
    server, text = locked
    with server.client() as http:
        assert 'type="password"' in http.get("/upload").text
        files = {"file": ("a.jpg", jpeg)}
        assert http.post("/upload", files=files, data={"key": "no"}).status_code == 401
        assert http.post("/upload", files=files, data={"key": text}).status_code == 200


def test_a_live_socket_takes_the_key_as_a_header_or_subprotocol(locked: tuple[Server, str], jpeg: bytes) -> None:
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    server, text = locked
    address = server.url.replace("http", "ws", 1) + "/v1/live"
    with pytest.raises(InvalidStatus, match="401"), connect(address):
        pass
    with connect(address, additional_headers={"authorization": f"Bearer {text}"}) as connection:
        connection.send(jpeg)
        assert json.loads(connection.recv())["faces"]
    with connect(address, subprotocols=["emoar.live", f"emoar-key.{text}"]) as connection:  # type: ignore[list-item]
        assert connection.subprotocol == "emoar.live"


def test_a_revoked_key_stops_while_the_server_runs(locked: tuple[Server, str], key_file: Path, jpeg: bytes) -> None:
    server, _ = locked
    _, text = KeyFile(key_file).create("lost")
    headers = {"authorization": f"Bearer {text}"}
    with server.client() as http:
        eventually(lambda: http.post(URL, content=jpeg, headers=headers).status_code, lambda code: code == 200)
        KeyFile(key_file).revoke("lost")
        eventually(lambda: http.post(URL, content=jpeg, headers=headers).status_code, lambda code: code == 401)


def test_pages_of_other_origins_are_admitted_only_by_name(locked: tuple[Server, str], jpeg: bytes) -> None:
    server, text = locked
    headers = {"authorization": f"Bearer {text}"}
    with server.client() as http:
        evil = http.post(URL, content=jpeg, headers={**headers, "origin": "https://evil.example"})
        assert (evil.status_code, "access-control-allow-origin" in evil.headers) == (403, False)
        friend = http.post(URL, content=jpeg, headers={**headers, "origin": "https://friend.example"})
        assert friend.headers["access-control-allow-origin"] == "https://friend.example"
        refused = http.post(URL, content=jpeg, headers={"origin": "https://friend.example"})
        assert refused.status_code == 401
        assert refused.headers["access-control-allow-origin"] == "https://friend.example"
        preflight = {"origin": "https://friend.example", "access-control-request-method": "POST"}
        assert http.options(URL, headers=preflight).headers["access-control-allow-origin"] == "https://friend.example"


def test_other_names_of_this_machine_are_refused(locked: tuple[Server, str]) -> None:
    server, _ = locked
    with server.client() as http:
        assert http.get("/", headers={"host": "rebound.example"}).status_code == 421
        assert http.get("/", headers={"host": "emoar.test:8000"}).status_code == 200


def test_the_rate_is_limited_for_each_key(start: Start, tmp_path: Path, jpeg: bytes) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    first, second = keys.create("a")[1], keys.create("b")[1]
    server = start(require_keys=True, keys_file=tmp_path / "keys.json", rate_per_s=0.01, rate_burst=3)
    with server.client() as http:
        responses = [http.get("/v1/videos/x", headers={"x-api-key": first}) for _ in range(5)]
        assert [answer.status_code for answer in responses] == [404, 404, 404, 429, 429]
        assert 1 <= int(responses[-1].headers["retry-after"]) <= 200
        assert responses[-1].json()["limit"] == "rate_per_s"
        # the address has used its own tokens
        assert http.get("/v1/videos/x", headers={"x-api-key": second}).status_code == 429
