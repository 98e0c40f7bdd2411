"""Access: API keys, rates, host names, pages of other origins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from server_process import URL, Server, Start, answer_to, eventually

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


@pytest.mark.parametrize(
    "host",
    [
        *("", "b.example", "127.0.0.1.b.example", "[::2]", "[", "[::1", "127.0.0.1:1.b.example", "127.0.0.1:", "::1"),
        *("127.0.0.1:1:2", "a@127.0.0.1", "127.0.0.1,b.example", "127.0.0.1/b", "127.0.0.1:\u0661", "127.0.0.1 "),
    ],
)
def test_other_host_names(host: str) -> None:
    with pytest.raises(Problem) as caught:
        access().check_host(host)
    assert caught.value.status == 421


def test_a_public_server_without_keys_takes_addresses_but_no_names_of_others() -> None:
    guard = access(public=True, force=True)
    for host in ("192.0.2.7", "192.0.2.7:8000", "[2001:db8::1]:8000", "localhost:8000"):
        guard.check_host(host)
    for host in ("evil.example:8000", "192.0.2.7.evil.example", "2001:db8::1"):
        with pytest.raises(Problem, match="421"):
            guard.check_host(host)
    access(public=True, force=True, require_keys=True).check_host("emoar.example")


@pytest.mark.parametrize(
    "origin",
    ["http://[", "http://]", "http://a:b:c", "//", "", " ", "http://", "\xff", "http://127.0.0.1:8000/", "null "],
)
def test_malformed_origins(origin: str) -> None:
    with pytest.raises(Problem, match="403"):
        access().check_origin(origin, "127.0.0.1:8000")


def test_a_browser_that_hides_its_origin_says_whether_it_is_ours() -> None:
    access().check_origin("null", "127.0.0.1:8000", "same-origin")
    for site in ("cross-site", "same-site", "none", None):
        with pytest.raises(Problem):
            access().check_origin("null", "127.0.0.1:8000", site)
    with pytest.raises(Problem):
        access().check_origin("https://evil.example", "127.0.0.1:8000", "same-origin")


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


@pytest.mark.parametrize("origin", ["http://[", "http://]", "null", "\xff", "http://127.0.0.1:1:1"])
def test_a_malformed_origin_is_refused_everywhere(server: Server, origin: str) -> None:
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    upgrade += "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    for line, more in ((f"POST {URL}", "Content-Length: 0\r\nConnection: close\r\n"), ("GET /v1/live", upgrade)):
        request = f"{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {origin}\r\n{more}\r\n"
        head = answer_to(server, request.encode("latin-1"))
        assert head.startswith(b"HTTP/1.1 403 ")
        assert b"content-security-policy" in head


HOSTS = {
    "none": ("", 400),
    "two": ("Host: 127.0.0.1\r\nHost: evil.example\r\n", 400),
    "the same twice": ("Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n", 400),
    "a name after a port": ("Host: 127.0.0.1:1.evil.example\r\n", 421),
    "another name": ("Host: evil.example\r\n", 421),
    "empty": ("Host:\r\n", 421),
}


@pytest.mark.parametrize(("host", "status"), HOSTS.values(), ids=HOSTS)
def test_hosts(server: Server, host: str, status: int) -> None:
    for path in ("/docs", "/openapi.json", "/", "/upload", "/metrics", "/v1/videos/x", "/models/index.json"):
        response = answer_to(server, f"GET {path} HTTP/1.1\r\n{host}Connection: close\r\n\r\n".encode())
        assert response.startswith(b"HTTP/1.1 %d " % status), (path, response[:60])
    probe = answer_to(server, f"GET /healthz HTTP/1.1\r\n{host}Connection: close\r\n\r\n".encode())
    assert probe.startswith(b"HTTP/1.1 200 " if status == 421 else b"HTTP/1.1 400 ")
    assert answer_to(server, b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_a_damaged_file_of_keys_is_the_same_answer_each_time(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    _, text = KeyFile(path).create("phone")
    good = path.read_bytes()
    server = start(require_keys=True, keys_file=path)
    headers = {"x-api-key": text}
    with server.client() as http:

        def status() -> int:
            return http.get("/v1/videos/x", headers=headers).status_code

        for content in (b"{", b'{"keys": [{"id": 1}]}', b"\xff"):
            path.write_bytes(content)
            eventually(status, lambda code: code == 503)
            assert {status() for _ in range(20)} == {503}
            answer = http.get("/v1/videos/x", headers=headers)
            assert answer.json()["type"] == "urn:emoar:problem:no-keys"
            assert "retry-after" in answer.headers
            path.write_bytes(good)
            eventually(status, lambda code: code == 404)
        path.unlink()
        path.mkdir()
        eventually(status, lambda code: code == 503)
    log = server.log.read_text()
    assert "Traceback" not in log
    assert 4 <= log.count("keys.json") <= 5


def test_the_page_keeps_no_picture_without_a_key(locked: tuple[Server, str]) -> None:
    server, _ = locked
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    lines = ("POST /upload HTTP/1.1", "Host: 127.0.0.1", "Content-Type: multipart/form-data; boundary=x")
    request = "\r\n".join([*lines, "Content-Length: 9000000", "", ""]).encode() + head + bytes(1000)
    assert answer_to(server, request).startswith(b"HTTP/1.1 401 ")  # long before the body ends


def test_a_server_without_a_usable_key_does_not_start(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from emoar.cli import main

    for content in (b'{"keys": []}', b"{", None):
        path = tmp_path / f"keys{len(content or b'')}.json"
        path.mkdir() if content is None else path.write_bytes(content)
        config = tmp_path / "emoar.toml"
        config.write_text(f'require_keys = true\nkeys_file = "{path}"\nport = 0\n')
        assert main(["serve", "--config", str(config)]) == 2
        error = capfd.readouterr().err
        assert (error.count("\n"), path.name in error) == (1, True)
