"""The WebSocket sink against `emoar serve` and against another program's server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from server_process import PATIENCE_S, Server, Start
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import Server as SocketServer
from websockets.sync.server import ServerConnection, serve

from emoar.errors import InputError, OutputError
from emoar.events import outlet as outlet_module
from emoar.events.sinks import open_sink
from emoar.server.http.api_keys import KeyFile

from .test_detector import face, scene


def address(server: Server) -> str:
    return f"{server.url.replace('http', 'ws', 1)}/v1/events"


@contextmanager
def other_server(handler: Any) -> Iterator[tuple[str, SocketServer]]:
    with serve(handler, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/in", server
        server.shutdown()
        thread.join()


def test_subscribers_of_our_server_get_what_is_sent(server: Server) -> None:
    sink = open_sink(f"{address(server)}?landmarks=1")
    with connect(f"{address(server)}?scenes=1&source=a.mp4", max_size=None) as subscriber:
        sink.send(scene(0.0, face()))
        sink.close()
        documents = [json.loads(subscriber.recv(timeout=PATIENCE_S)) for _ in range(4)]
    assert [document.get("event", "scene") for document in documents] == [
        "face_appeared",
        "expression_changed",
        "scene",
        "face_gone",
    ]
    assert documents[1]["label"] == "happiness"
    assert len(documents[2]["faces"][0]["landmarks_px"]) == 468


def test_another_server_gets_one_document_a_message() -> None:
    messages: list[dict[str, Any]] = []
    paths: list[str] = []
    done = threading.Event()

    def receive(connection: ServerConnection) -> None:
        assert connection.request is not None
        paths.append(connection.request.path)
        for message in connection:
            messages.append(json.loads(message))
            with suppress(ConnectionClosed):
                for _ in range(100):
                    connection.send("thank you")  # nobody needs to read it
        done.set()

    with other_server(receive) as (url, _):
        sink = open_sink(f"{url}?rate=0", secrets={})
        sink.send(scene(0.0, face()))
        sink.close()
        assert done.wait(PATIENCE_S)
    assert paths == ["/in?role=publish"]
    assert [message["event"] for message in messages] == ["face_appeared", "expression_changed", "face_gone"]


def test_a_lost_connection_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet_module, "FIRST_WAIT_S", 0.0)
    arrived = threading.Semaphore(0)
    back = threading.Event()

    def receive(connection: ServerConnection) -> None:
        connection.recv()
        arrived.release()

    def report(line: str) -> None:
        if "again" in line and "trying" not in line:
            back.set()

    with other_server(receive) as (url, _):
        sink = open_sink(f"{url}?rate=0", report=report, secrets={})
        number = 0
        while not back.is_set():  # until the loss is noticed: TCP takes some messages for a closed connection
            sink.send(scene(number / 10, face(1, "fear" if number % 2 else "anger", number / 10)))
            number += 1
            back.wait(0.01)
        sink.close()
    assert arrived.acquire(timeout=PATIENCE_S)
    assert sink.counts.losses >= 1


def test_a_key_is_sent_and_a_wrong_one_is_explained(start: Start, tmp_path: Path) -> None:
    _, text = KeyFile(tmp_path / "keys.json").create("robot")
    server = start(require_keys=True, keys_file=tmp_path / "keys.json")
    with pytest.raises(OutputError, match=r"refuses the connection: 401 .*set EMOAR_API_KEY") as caught:
        open_sink(address(server), secrets={"EMOAR_API_KEY": "emoar_wrong_key"})
    assert "emoar_wrong_key" not in str(caught.value)
    open_sink(address(server), secrets={"EMOAR_API_KEY": text}).close()
    (tmp_path / "key").write_text(f"{text}\n")
    open_sink(f"{address(server)}?secret-file={tmp_path / 'key'}", secrets={}).close()


def test_a_certificate_that_is_not_trusted_is_explained(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    server = start(tls=True)
    assert server.ca_file is not None
    with pytest.raises(OutputError, match=r"certificate is not trusted, .*SSL_CERT_FILE"):
        open_sink(address(server), secrets={})
    monkeypatch.setenv("SSL_CERT_FILE", str(server.ca_file))
    open_sink(address(server), secrets={}).close()
    with pytest.raises(OutputError, match="is it the other of ws and wss"):
        open_sink(address(server).replace("wss:", "ws:"), secrets={})


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ws://127.0.0.1:9/v1/events", "cannot connect to ws://127.0.0.1:9/v1/events: nobody listens there"),
        ("ws://no-such-host.invalid/v1/events", "no host has this name"),
    ],
)
def test_nobody_at_the_address_is_an_error_at_the_start(url: str, words: str) -> None:
    with pytest.raises(OutputError, match=words):
        open_sink(url, secrets={})


def test_the_wrong_path_of_a_server(server: Server) -> None:
    with pytest.raises(OutputError, match="refuses the connection: "):
        open_sink(address(server).replace("/v1/events", "/v1/nothing"), secrets={})


def test_tls_where_there_is_none(server: Server) -> None:
    with pytest.raises(OutputError, match="cannot connect to wss:"):
        open_sink(address(server).replace("ws:", "wss:"), secrets={})


def test_wrong_options() -> None:
    with pytest.raises(InputError, match="landmarks must be 0 or 1"):
        open_sink("ws://host/v1/events?landmarks=yes")
    with pytest.raises(InputError, match="ws: has no user names"):
        open_sink("ws://anna@host/v1/events")
