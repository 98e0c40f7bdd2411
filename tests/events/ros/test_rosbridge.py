"""rosbridge, against a server that checks every message against the interfaces of ROS."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from makers import make_face, make_scene
from repeating import repeat_until
from rosbridge_server import WAIT_S, RosbridgeServer
from websockets.sync.server import serve

from emoar.errors import InputError, OutputError
from emoar.events import outlet
from emoar.events.ros import rosbridge
from emoar.events.ros.messages import Publication
from emoar.events.sinks import open_sink

READER = Path(__file__).parents[2] / "roslibpy_reader.py"


@pytest.fixture
def server() -> Iterator[RosbridgeServer]:
    found = RosbridgeServer()
    yield found
    found.stop()


def test_scenes_reach_the_bridge_and_everything_ends(server: RosbridgeServer) -> None:
    sink = open_sink(server.url)
    sink.send(make_scene(2, time_s=0.0))
    sink.send(make_scene(1, time_s=0.1, index=1))
    sink.close()
    server.wait_for(lambda: len([o for o in server.operations if o["op"] == "unadvertise"]) == 8)
    assert server.errors == []
    assert [m["ids"] for m in server.published("/humans/faces/tracked")] == [["f00001", "f00002"], ["f00001"], []]
    assert [m["expression"] for m in server.published("/humans/faces/f00001/expression")] == ["happy", "happy"]
    assert len(server.published("/tf")) == 2
    operations = [(o["op"], o["topic"]) for o in server.operations]
    assert operations.index(("unadvertise", "/humans/faces/f00002/roi")) < operations.index(
        ("unadvertise", "/humans/faces/f00001/roi")
    )
    advertised = [topic for op, topic in operations if op == "advertise"]
    assert len(advertised) == len(set(advertised)), "each topic once"
    assert sorted(advertised) == sorted(topic for op, topic in operations if op == "unadvertise")


def test_a_face_that_returns_is_advertised_again(server: RosbridgeServer) -> None:
    sink = open_sink(server.url)
    for index, count in enumerate((1, 0, 1)):
        sink.send(make_scene(count, time_s=index / 10, index=index))
    sink.close()
    server.wait_for(lambda: ("unadvertise", "/tf") in [(o["op"], o["topic"]) for o in server.operations])
    assert server.errors == []
    assert len([o for o in server.operations if o["op"] == "advertise" and o["topic"].endswith("/roi")]) == 2


def test_the_profile_of_qtrobot(server: RosbridgeServer) -> None:
    sink = open_sink(f"{server.url}?profile=qtrobot&rate=10")
    sink.send(make_scene(2))
    sink.close()
    server.wait_for(lambda: server.operations[-1:] == [{"op": "unadvertise", "topic": "/qt_nuitrack_app/faces"}])
    assert server.errors == []
    (message,) = server.published("/qt_nuitrack_app/faces")
    assert [face["id"] for face in message["faces"]] == [1, 2]


def test_the_first_error_of_each_kind_is_reported(server: RosbridgeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*arguments: object) -> Iterator[Publication]:
        for topic in ("/a1", "/a2", "/b"):
            yield Publication(topic, "hri_msgs/Nothing" if topic != "/b" else "hri_msgs/IdsList", {"seq": 1})

    monkeypatch.setattr(rosbridge.Ros4Hri, "publications", wrong)
    lines: list[str] = []
    sink = open_sink(server.url, report=lines.append)
    repeat_until(lambda: len(lines) >= 3, lambda _: sink.send(make_scene()))
    sink.close()
    shown = [line.partition(" answers: ")[2].split(" ")[0] for line in lines[:3]]
    assert all(line.startswith(server.url) for line in lines)
    assert sorted(shown) == ["/a1", "cannot", "message:"]
    assert len(server.errors) > 3, "later ones of the same kinds are not reported"
    assert sink.counts.losses == 0


def test_a_bridge_that_is_lost_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(outlet, "LAST_WAIT_S", 0.05)
    first = RosbridgeServer()
    lines: list[str] = []
    lost, back = threading.Event(), threading.Event()

    def report(line: str) -> None:
        lines.append(line)
        (back if "again" in line and "trying" not in line else lost).set()

    sink = open_sink(first.url, report=report)
    sink.send(make_scene(1))
    first.wait_for(lambda: bool(first.published("/tf")))
    first.stop()
    index = repeat_until(lost.is_set, lambda i: sink.send(make_scene(1, time_s=i / 30, index=i)))
    second = RosbridgeServer(first.port)
    assert back.wait(30)
    sink.send(make_scene(1, time_s=index / 30, index=index))
    second.wait_for(lambda: bool(second.published("/humans/faces/f00001/expression")))
    sink.close()
    assert second.errors == [], "everything is advertised anew"
    assert [("closed" in line or "lost" in line, "connected again" in line) for line in lines] == [
        (True, False),
        (False, True),
    ]
    second.stop()


def test_what_is_no_rosbridge_is_named() -> None:
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with pytest.raises(OutputError, match="is no rosbridge"):
        open_sink(f"ros://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def test_nobody_at_the_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(OutputError, match=r"cannot connect to ros://127\.0\.0\.1:\d+: nobody listens there"):
            open_sink(f"ros://127.0.0.1:{free.getsockname()[1]}")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("profile=pepper", "has no profile 'pepper': it has ros4hri and qtrobot"),
        ("profile=qtrobot&frame=a", "frame is no option"),
        ("profile=qtrobot&rate=0", "its rate must be above 0"),
        ("prefix=1a", "prefix must be letters"),
        ("prefix=a-b", "prefix must be letters"),
        ("frame=", "frame must be the name"),
        ("prefx=a", "did you mean prefix"),
    ],
)
def test_wrong_options(options: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        open_sink(f"ros://127.0.0.1:1?{options}")


def test_values_are_those_of_the_face(server: RosbridgeServer) -> None:
    sink = open_sink(f"{server.url}?frame=head_camera&prefix=p_")
    sink.send(make_scene(1))
    sink.close()
    server.wait_for(lambda: any(o["op"] == "unadvertise" and o["topic"] == "/tf" for o in server.operations))
    (message,) = server.published("/humans/faces/p_f00001/expression")
    assert message["header"]["frame_id"] == "head_camera"
    assert message["confidence"] == pytest.approx(make_face().expression.confidence, abs=1e-6)


def test_roslibpy_receives_what_is_published(server: RosbridgeServer) -> None:
    topics = {
        "/humans/faces/tracked": "hri_msgs/IdsList",
        "/humans/faces/f00001/expression": "hri_msgs/Expression",
        "/tf": "tf2_msgs/TFMessage",
    }
    command = [sys.executable, str(READER), str(server.port), *(f"{name}={kind}" for name, kind in topics.items())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        watch = threading.Timer(WAIT_S, reader.kill)
        watch.start()
        assert reader.stdout.readline() == "ready\n"
        server.wait_for(lambda: len([o for o in server.operations if o["op"] == "subscribe"]) == len(topics))
        sink = open_sink(server.url)
        sink.send(make_scene(1))
        received = [json.loads(reader.stdout.readline()) for _ in topics]
        sink.close()
        reader.stdin.close()
        reader.wait(WAIT_S)
        watch.cancel()
    assert received == [[name, server.published(name)[0]] for name in topics]


def test_the_end_does_not_wait_for_a_bridge_that_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet, "FLUSH_S", 0.1)
    frozen = threading.Event()
    with serve(
        lambda _: frozen.wait(WAIT_S), "127.0.0.1", 0, compression=None, max_queue=1, close_timeout=0.1
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sink = open_sink(f"ros://127.0.0.1:{server.socket.getsockname()[1]}", report=lambda _: None)
        crowd = make_scene(20)
        repeat_until(
            lambda: sink.counts.dropped > 0,
            lambda i: [sink.send(replace(crowd, frame=replace(crowd.frame, time_s=i + k / 64))) for k in range(32)],
        )
        began_s = time.monotonic()
        sink.close()
        assert time.monotonic() - began_s < WAIT_S / 2
        frozen.set()
        server.shutdown()
