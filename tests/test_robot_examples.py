"""The examples for robots, each against a small server that checks what the robot's interface expects."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from rosbridge_server import RosbridgeServer
from websockets.sync.server import ServerConnection, serve

from emoar.events.mqtt.home_assistant import DEFAULT_LABELS, discovery

from .test_examples import clip, run

__all__ = ["clip"]  # the fixture
PRINTED = "face 1: neutral\nface 2: happiness\n"


@pytest.fixture
def daemon() -> Iterator[HTTPServer]:
    """Reachy Mini's: answers as `routers/move.py` does, and keeps the requests in `moves`."""
    moves: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            moves.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200 if self.path == "/api/move/goto" else 404)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.moves = moves  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_robot_reachy_mini(clip: Path, daemon: HTTPServer) -> None:
    assert run("robot_reachy_mini", clip, f"http://127.0.0.1:{daemon.server_port}") == PRINTED
    moves: list[dict[str, Any]] = daemon.moves  # type: ignore[attr-defined]
    assert [move["antennas"] for move in moves] == [[0.0, 0.0], [0.5, -0.5]]
    for move in moves:  # GotoModelRequest with an XYZRPYPose
        assert set(move) == {"antennas", "head_pose", "duration"}
        assert set(move["head_pose"]) <= {"x", "y", "z", "roll", "pitch", "yaw"}
        assert all(isinstance(value, float) for value in (*move["antennas"], *move["head_pose"].values()))
        assert move["duration"] > 0


def test_robot_qtrobot(clip: Path) -> None:
    server = RosbridgeServer()
    assert run("robot_qtrobot", clip, f"127.0.0.1:{server.port}") == PRINTED
    server.wait_for(lambda: {"op": "unadvertise", "topic": "/qt_nuitrack_app/faces"} in server.operations)
    server.wait_for(lambda: len(server.published("/qt_robot/emotion/show")) == 2)
    assert server.errors == []
    assert [message["data"] for message in server.published("/qt_robot/emotion/show")] == ["QT/neutral", "QT/happy"]
    assert [len(message["faces"]) for message in server.published("/qt_nuitrack_app/faces")] == [2] * 5
    server.stop()


def test_robot_pepper(clip: Path) -> None:
    pytest.importorskip("qi", reason="qi has no wheel for this Python")
    program = (
        "import qi, sys\nclass Memory:\n  def raiseEvent(self, name, value): print(name, value, flush=True)\n"
        "session = qi.Session()\nsession.listenStandalone('tcp://127.0.0.1:0')\n"
        "session.registerService('ALMemory', Memory())\nprint(session.endpoints()[0], flush=True)\nsys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program]
    quiet = {**os.environ, "QI_LOG_LEVEL": "0"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=quiet) as naoqi:
        assert naoqi.stdin is not None
        assert naoqi.stdout is not None
        address = naoqi.stdout.readline().strip()
        done = subprocess.run(
            [sys.executable, "examples/robot_pepper.py", str(clip), address],
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            text=True,
            check=True,
            env=quiet,
        )
        raised = [naoqi.stdout.readline().partition(" ") for _ in range(2)]
        naoqi.stdin.close()
    assert done.stdout == PRINTED
    assert [name for name, *_ in raised] == ["EmoAR/Expression"] * 2
    assert [json.loads(event)["label"] for *_, event in raised] == ["neutral", "happiness"]


@pytest.mark.parametrize("key", ["secret", "wrong"])
def test_robot_furhat(clip: Path, key: str) -> None:
    requests: list[dict[str, Any]] = []

    def furhat(connection: ServerConnection) -> None:
        for text in connection:
            requests.append(json.loads(text))
            if requests[-1]["type"] == "request.auth":
                connection.send(json.dumps({"type": "response.auth", "access": requests[-1].get("key") == "secret"}))

    with serve(furhat, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/v1/events"
        if key == "wrong":
            with pytest.raises(AssertionError, match="refuses the key"):
                run("robot_furhat", clip, address, key)
        else:
            assert run("robot_furhat", clip, address, key) == PRINTED
        server.shutdown()
    gestures = [(request["name"], request["duration"]) for request in requests[1:]]
    assert gestures == ([] if key == "wrong" else [("Nod", 1.0), ("BigSmile", 1.0)])


def test_home_assistant_automations_use_our_sensors() -> None:
    automations = yaml.safe_load((Path(__file__).parent.parent / "examples/home_assistant.yaml").read_text())
    components = discovery("emoar/hall", "hall", DEFAULT_LABELS, None)["cmps"]
    entities = {f"{c['p']}.emoar_hall_{c['name'].lower()}" for c in components.values()}
    for automation in automations:
        assert set(automation) <= {"alias", "triggers", "conditions", "actions"}
        for trigger in automation["triggers"]:
            assert trigger["entity_id"] in entities
            options = {"sensor": components["expression"]["options"], "binary_sensor": ["on", "off"]}
            assert trigger["to"] in options[trigger["entity_id"].partition(".")[0]]
