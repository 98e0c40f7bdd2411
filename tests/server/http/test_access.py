"""Access: API keys, rates, host names, pages of other origins."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from server_process import Server, Start

from emoar.server.http.api_keys import KeyFile

URL = "/v1/expressions"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "keys.json"


@pytest.fixture(scope="module")
def locked(start: Start, key_file: Path) -> tuple[Server, str]:
    """A server that wants keys, and one of them."""
    _, text = KeyFile(key_file).create("phone")
    server = start(
        require_keys=True, keys_file=key_file, cors_origins="https://friend.example", allowed_hosts="emoar.test"
    )
    return server, text


def test_a_key_opens_the_door(locked: tuple[Server, str], jpeg: bytes) -> None:
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


def test_the_page_asks_for_the_key_too(locked: tuple[Server, str], jpeg: bytes) -> None:
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
    time.sleep(1.2)
    headers = {"authorization": f"Bearer {text}"}
    with server.client() as http:
        assert http.post(URL, content=jpeg, headers=headers).status_code == 200
        KeyFile(key_file).revoke("lost")
        time.sleep(1.2)
        assert http.post(URL, content=jpeg, headers=headers).status_code == 401


def test_pages_of_others_are_let_in_only_by_name(locked: tuple[Server, str], jpeg: bytes) -> None:
    server, text = locked
    headers = {"authorization": f"Bearer {text}"}
    with server.client() as http:
        evil = http.post(URL, content=jpeg, headers={**headers, "origin": "https://evil.example"})
        assert (evil.status_code, "access-control-allow-origin" in evil.headers) == (403, False)
        friend = http.post(URL, content=jpeg, headers={**headers, "origin": "https://friend.example"})
        assert friend.headers["access-control-allow-origin"] == "https://friend.example"
        turned_away = http.post(URL, content=jpeg, headers={"origin": "https://friend.example"})
        assert turned_away.status_code == 401
        assert turned_away.headers["access-control-allow-origin"] == "https://friend.example"
        asked = {"origin": "https://friend.example", "access-control-request-method": "POST"}
        assert http.options(URL, headers=asked).headers["access-control-allow-origin"] == "https://friend.example"


def test_other_names_of_this_machine_are_refused(locked: tuple[Server, str]) -> None:
    server, _ = locked
    with server.client() as http:
        assert http.get("/", headers={"host": "rebound.example"}).status_code == 421
        assert http.get("/", headers={"host": "emoar.test:8000"}).status_code == 200


def test_the_rate_is_limited_for_each_key(start: Start, tmp_path: Path, jpeg: bytes) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    first, second = keys.create("a")[1], keys.create("b")[1]
    server = start(require_keys=True, keys_file=tmp_path / "keys.json", rate_per_s=0.5, rate_burst=3)
    with server.client() as http:
        codes = [http.get("/v1/videos/x", headers={"x-api-key": first}) for _ in range(5)]
        assert [answer.status_code for answer in codes] == [404, 404, 404, 429, 429]
        assert 1 <= int(codes[-1].headers["retry-after"]) <= 3
        assert codes[-1].json()["limit"] == "rate_per_s"
        # the address has used up its own
        assert http.get("/v1/videos/x", headers={"x-api-key": second}).status_code == 429
