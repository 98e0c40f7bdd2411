"""Who may ask: keys, rates, hosts, pages of other servers; and what a public server needs."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path

import pytest
from server_process import Server, Start

from emoar.cli import main
from emoar.errors import InputError
from emoar.server.http.api_keys import KeyFile
from emoar.server.http.rate_limit import RateLimiter, network_of
from emoar.server.settings import Settings, load_settings

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


def test_rates() -> None:
    now = [0.0]
    limiter = RateLimiter(2.0, 3, lambda: now[0])
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 1]
    assert limiter.take("b") == 0
    now[0] = 1.0
    assert [limiter.take("a") for _ in range(3)] == [0, 0, 1]
    assert RateLimiter(0, 1).take("a") == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_networks(address: str, network: str) -> None:
    assert network_of(address) == network


def test_keys_are_shown_once_and_kept_hashed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deep" / "keys.json"
    assert main(["keys", "create", "phone", "--file", str(path)]) == 0
    text = capsys.readouterr().out.strip()
    assert text.startswith("emoar_")
    assert text.split("_", 2)[2] not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyFile(path).find(text) is not None
    assert KeyFile(path).find(text + "x") is None
    assert main(["keys", "list", "--file", str(path), "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert listed["name"] == "phone"
    assert main(["keys", "revoke", "nobody", "--file", str(path)]) == 2
    assert main(["keys", "revoke", listed["id"], "--file", str(path)]) == 0
    assert KeyFile(path).list() == []


def test_public_is_refused_without_keys_or_tls(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"tls_certificate.*emoar keys create"):
        load_settings(environment={}, public=True, keys_file=tmp_path / "none.json")
    forced = load_settings(environment={}, public=True, force=True)
    assert (forced.host, forced.requests_per_s, forced.hosts()) == ("0.0.0.0", 20.0, ())
    with pytest.raises(InputError, match="add --public"):
        Settings(host="0.0.0.0")


def test_all_wrong_settings_are_named_at_once(tmp_path: Path) -> None:
    config = tmp_path / "emoar.toml"
    config.write_text('max_faces = "many"\ncolour = 3\nmax_pixels = 0\n')
    environment = {"EMOAR_PORT": "seventy", "EMOAR_WORKRES": "2", "EMOAR_MODELS": "/srv", "HOME": "/"}
    with pytest.raises(InputError) as caught:
        load_settings(config, environment, engine="steam")
    said = str(caught.value)
    for word in (
        "max_faces must be a whole number",
        "colour is no setting",
        "EMOAR_PORT",
        "EMOAR_WORKRES",
        "max_pixels",
        "engine",
    ):
        assert word in said, said


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    config = tmp_path / "emoar.toml"
    config.write_text("port = 1\nmax_faces = 2\nrequest_s = 3\n")
    settings = load_settings(config, {"EMOAR_PORT": "4", "EMOAR_MAX_FACES": "5"}, port=6)
    assert (settings.port, settings.max_faces, settings.request_s) == (6, 5, 3.0)
