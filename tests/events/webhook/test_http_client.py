"""The client of webhooks: one connection that stays open, TLS, and proxies of the environment."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from emoar.errors import OutputError
from emoar.events.reasons import reason_of
from emoar.events.webhook.http_client import HttpClient

TIMEOUT_S = 30.0


class Server:
    """Answers each request, and records it with the number of its connection."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        server = self
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.connections = 0
        self.reply = b""
        self.header = ("x-nothing", "1")
        self.closed = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                server.connections += 1

            def finish(self) -> None:
                super().finish()
                server.closed.set()

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.requests.append((self.command, self.path, headers, body))
                self.send_response(302 if server.header[0] == "location" else 200)
                self.send_header("content-length", str(len(server.reply)))
                self.send_header(*server.header)
                self.end_headers()
                self.wfile.write(server.reply)

            def do_OPTIONS(self) -> None:
                self.answer()

            def do_POST(self) -> None:
                self.answer()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda request, client_address: None  # clients that refuse the certificate
        if tls:
            self.http.socket = tls.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_port
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def end(self) -> None:
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.end()


@pytest.fixture
def client(server: Server) -> Iterator[HttpClient]:
    found = HttpClient(f"http://127.0.0.1:{server.port}/a hook/ä", TIMEOUT_S)
    yield found
    found.close()


def test_requests_share_a_connection(server: Server, client: HttpClient) -> None:
    assert client.request("OPTIONS") == 200
    for i in range(3):
        assert client.request("POST", b"body %d" % i, {"X-Number": str(i)}) == 200
    assert server.connections == 1
    assert [body for *_, body in server.requests] == [b"", b"body 0", b"body 1", b"body 2"]
    command, path, headers, _ = server.requests[-1]
    assert (command, path, headers["x-number"]) == ("POST", "/a%20hook/%C3%A4", "2")
    assert headers["host"] == f"127.0.0.1:{server.port}"


def test_a_connection_that_the_server_has_closed_is_opened_again(server: Server, client: HttpClient) -> None:
    server.header = ("x-nothing", "1")
    client.request("POST", b"1")
    sock: Any = client._connection.sock
    sock.shutdown(1)  # the server sees the end, and closes its side
    assert server.closed.wait(TIMEOUT_S)
    sock.settimeout(TIMEOUT_S)
    assert sock.recv(1, 2) == b""  # peeks, until the end has arrived
    assert client.request("POST", b"2") == 200
    assert server.connections == 2
    assert [body for *_, body in server.requests] == [b"1", b"2"]


def test_an_answer_without_end_is_not_read_and_redirects_are_not_followed(server: Server, client: HttpClient) -> None:
    server.reply, server.header = bytes(1 << 20), ("location", "/elsewhere")
    assert client.request("POST", b"1") == 302
    assert client.request("POST", b"2") == 302
    assert [path for _, path, *_ in server.requests] == ["/a%20hook/%C3%A4"] * 2
    assert server.connections == 2


def test_what_is_no_http_is_an_error(server: Server) -> None:
    with pytest.raises(OSError, match="Connection refused"):
        HttpClient("http://127.0.0.1:9/", TIMEOUT_S).request("OPTIONS")
    server.header = ("x-long", "x" * 70_000)
    with pytest.raises(OSError, match="no HTTP"):
        HttpClient(f"http://127.0.0.1:{server.port}/", TIMEOUT_S).request("OPTIONS")


def test_tls_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    server = Server(context)
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        HttpClient(f"https://127.0.0.1:{server.port}/", TIMEOUT_S).request("OPTIONS")
    assert "SSL_CERT_FILE" in reason_of(refused.value)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    client = HttpClient(f"https://127.0.0.1:{server.port}/", TIMEOUT_S)
    assert [client.request("POST", b"1"), client.request("POST", b"2")] == [200, 200]
    client.close()
    server.end()


def test_proxies_of_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://me:se%40cret@127.0.0.1:{server.port}")
    client = HttpClient("http://far.example/hook", TIMEOUT_S)
    assert client.request("POST", b"1") == 200
    _, path, headers, _ = server.requests[0]
    assert (path, headers["host"]) == ("http://far.example/hook", "far.example")
    assert headers["proxy-authorization"] == "Basic bWU6c2VAY3JldA=="
    client.close()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    near = HttpClient(f"http://127.0.0.1:{server.port}/near", TIMEOUT_S)
    near.request("POST", b"1")
    near.close()
    assert server.requests[1][1] == "/near"
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1")
    with pytest.raises(OutputError, match="socks5"):
        HttpClient("https://far.example/", TIMEOUT_S)
