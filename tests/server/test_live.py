"""`WS /v1/live`, as clients see it."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import encoded, pasted
from server_process import Server, Start
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect


@contextmanager
def socket(server: Server, query: str = "", **options: Any) -> Iterator[ClientConnection]:
    address = f"{server.url.replace('http', 'ws', 1)}/v1/live{query}"
    with connect(address, max_size=None, compression=None, **options) as connection:
        yield connection


def ask(connection: ClientConnection, frame: bytes) -> dict[str, Any]:
    connection.send(frame)
    return json.loads(connection.recv(timeout=10))


def test_one_scene_a_frame_and_a_steady_id(server: Server, astronaut: NDArray[np.uint8]) -> None:
    with socket(server) as connection:
        for index in range(6):
            scene = ask(connection, encoded(pasted(astronaut[:400], 5 * index, 40, 640, 480)))
            assert scene["frame_index"] == index
            assert [face["track_id"] for face in scene["faces"]] == [1]
            assert (scene["dropped"], scene["dropped_total"]) == (0, 0)
        assert scene["faces"][0]["expression"]["label"] == "happiness"
        assert scene["time_s"] > 0


def test_two_sockets_know_nothing_of_each_other(server: Server, jpeg: bytes, astronaut: NDArray[np.uint8]) -> None:
    empty = encoded(np.full((480, 640, 3), 90, np.uint8))
    with socket(server) as first, socket(server, "?labels=fer2013&landmarks=true") as second:
        assert len(ask(first, jpeg)["faces"]) == 1
        assert ask(second, empty)["faces"] == []
        assert ask(first, jpeg)["faces"][0]["track_id"] == 1
        (face,) = ask(second, encoded(astronaut))["faces"]
        assert (face["track_id"], face["expression"]["label"], len(face["landmarks_px"])) == (1, "happy", 468)


def test_raw_frames(server: Server, face: NDArray[np.uint8]) -> None:
    with socket(server) as connection:
        scene = ask(connection, struct.pack("<4sII", b"RGB8", 640, 480) + face.tobytes())
        assert len(scene["faces"]) == 1
        wrong = ask(connection, struct.pack("<4sII", b"RGB8", 640, 481) + face.tobytes())
        assert wrong["status"] == 422
        bomb = ask(connection, struct.pack("<4sII", b"RGB8", 2**31, 2**31))
        assert bomb["limit"] == "max_pixels"


def test_old_frames_are_dropped_and_counted(server: Server, jpeg: bytes) -> None:
    with socket(server) as connection:
        for _ in range(120):
            connection.send(jpeg)
        answers = [json.loads(connection.recv(timeout=10))]
        while answers[-1]["frame_index"] < 119:
            answers.append(json.loads(connection.recv(timeout=10)))
    dropped = sum(answer["dropped"] for answer in answers)
    assert len(answers) + dropped == 120
    assert dropped > 20
    assert answers[-1]["dropped_total"] == dropped
    assert [answer["frame_index"] for answer in answers] == sorted(answer["frame_index"] for answer in answers)


def test_a_bad_frame_does_not_end_the_conversation(server: Server, jpeg: bytes) -> None:
    with socket(server) as connection:
        assert ask(connection, b"no picture")["status"] == 415
        assert ask(connection, jpeg[: len(jpeg) // 2])["status"] == 422
        assert len(ask(connection, jpeg)["faces"]) == 1


def test_text_ends_it_with_a_reason(server: Server) -> None:
    with socket(server) as connection:
        connection.send("hello")
        with pytest.raises(ConnectionClosed) as caught:
            connection.recv(timeout=5)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1003


@pytest.mark.parametrize("query", ["?max_faces=0", "?max_faces=99", "?max_faces=x"])
def test_wrong_parameters_are_refused_at_the_door(server: Server, query: str) -> None:
    with pytest.raises(InvalidStatus) as caught, socket(server, query):
        pass
    assert caught.value.response.status_code == 422
    assert b"max_faces" in caught.value.response.body


def test_a_page_of_another_server_is_refused(server: Server) -> None:
    with pytest.raises(InvalidStatus) as caught, socket(server, origin="https://evil.example"):
        pass
    assert caught.value.response.status_code == 403
    with socket(server, origin=server.url):
        pass


def test_sockets_are_limited_and_idle_ones_are_cut(start: Start, jpeg: bytes) -> None:
    server = start(max_sockets=1, idle_s=1.5)
    with socket(server) as connection:
        ask(connection, jpeg)
        with pytest.raises(InvalidStatus) as caught, socket(server):
            pass
        assert caught.value.response.status_code == 503
        assert caught.value.response.headers["retry-after"]
        started = time.monotonic()
        with pytest.raises(ConnectionClosed):
            connection.recv(timeout=10)
        assert time.monotonic() - started < 5
    with socket(server) as connection:  # its place is free again
        ask(connection, jpeg)


def test_a_live_socket_survives_its_worker(start: Start, jpeg: bytes) -> None:
    import os
    import signal

    server = start()
    with socket(server) as connection:
        ask(connection, jpeg)
        for pid in server.children():
            os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + 20
        answer: dict[str, Any] = {}
        while time.monotonic() < until and not answer.get("faces"):
            answer = ask(connection, jpeg)
        assert len(answer["faces"]) == 1
    assert "a worker ended" in server.log.read_text()
