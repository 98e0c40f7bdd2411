"""Webhooks against a real HTTP server: signed, repeated, and never without end."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from emoar.errors import OutputError
from emoar.events.sinks import open_sink
from emoar.events.webhook import sender as webhook

from ..test_detector import face, scene


class Receiver:
    """A server that records what is posted, and answers with the statuses that it is given, then 200."""

    def __init__(self) -> None:
        receiver = self
        self.statuses: list[int] = []
        self.posts: list[tuple[dict[str, str], bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_OPTIONS(self) -> None:
                self.send_response(405)
                self.end_headers()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.posts.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setattr(webhook, "FIRST_WAIT_S", 0.0)
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_events_are_posted_and_signed(receiver: Receiver) -> None:
    outlet = open_sink(receiver.url, secrets={webhook.SECRET: "key"})
    outlet.send(scene(0.0, face()))
    outlet.close()
    assert [json.loads(body)["event"] for _, body in receiver.posts] == [
        "face_appeared",
        "expression_changed",
        "face_gone",
    ]
    headers, body = receiver.posts[0]
    assert headers["x-emoar-signature"] == webhook.signature("key", headers["x-emoar-timestamp"], body)
    assert headers["content-type"] == "application/json"


def test_without_a_secret_there_is_no_signature(receiver: Receiver) -> None:
    outlet = open_sink(receiver.url, secrets={})
    outlet.send(scene(0.0, face()))
    outlet.close()
    assert "x-emoar-signature" not in receiver.posts[0][0]


def test_a_server_that_fails_is_tried_again_and_a_refusal_is_not(receiver: Receiver) -> None:
    receiver.statuses = [500, 503, 429, 200, 400]
    outlet = open_sink(receiver.url, secrets={})
    outlet.send(scene(0.0, face()))
    outlet.close()
    kinds = [json.loads(body)["event"] for _, body in receiver.posts]
    assert kinds == ["face_appeared"] * 4 + ["expression_changed", "face_gone"]
    assert outlet.counts.losses == 0


def test_scenes_are_posted_with_a_rate(receiver: Receiver) -> None:
    outlet = open_sink(f"{receiver.url}?rate=5", secrets={})
    outlet.send(scene(0.0, face()))
    outlet.close()
    assert json.loads(receiver.posts[2][1])["schema"] == "emoar.scene/1"


def test_nobody_at_the_address_is_an_error_at_the_start() -> None:
    with pytest.raises(OutputError, match=r"cannot connect to http://127\.0\.0\.1:9/hook"):
        open_sink("http://127.0.0.1:9/hook?rate=0", secrets={})
