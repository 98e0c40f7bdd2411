"""`WS /v1/live`, as clients see it."""

from __future__ import annotations

import asyncio
import json
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import encoded, pasted
from server_process import PATIENCE_S, Server, Start, eventually
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from emoar.server.http.api_keys import KeyFile
from emoar.server.routes.live import NewestFrame


@contextmanager
def socket(server: Server, query: str = "", **options: Any) -> Iterator[ClientConnection]:
    address = f"{server.url.replace('http', 'ws', 1)}/v1/live{query}"
    with connect(address, max_size=None, compression=None, **options) as connection:
        yield connection


def recognise(connection: ClientConnection, frame: bytes) -> dict[str, Any]:
    connection.send(frame)
    return json.loads(connection.recv(timeout=PATIENCE_S))


def test_one_scene_a_frame_and_a_steady_id(server: Server, astronaut: NDArray[np.uint8]) -> None:
    with socket(server) as connection:
        for index in range(6):
            scene = recognise(connection, encoded(pasted(astronaut[:400], 5 * index, 40, 640, 480)))
            assert scene["frame_index"] == index
            assert [face["track_id"] for face in scene["faces"]] == [1]
            assert (scene["dropped"], scene["dropped_total"]) == (0, 0)
        assert scene["faces"][0]["expression"]["label"] == "happiness"
        assert scene["time_s"] > 0


def test_two_sockets_know_nothing_of_each_other(server: Server, jpeg: bytes, astronaut: NDArray[np.uint8]) -> None:
    empty = encoded(np.full((480, 640, 3), 90, np.uint8))
    with socket(server) as first, socket(server, "?label_set=fer2013&landmarks=true") as second:
        assert len(recognise(first, jpeg)["faces"]) == 1
        assert recognise(second, empty)["faces"] == []
        assert recognise(first, jpeg)["faces"][0]["track_id"] == 1
        (face,) = recognise(second, encoded(astronaut))["faces"]
        assert (face["track_id"], face["expression"]["label"], len(face["landmarks_px"])) == (1, "happy", 468)


def test_measures_and_valence_on_request(server: Server, jpeg: bytes) -> None:
    with socket(server) as plain, socket(server, "?measures=true&valence=true") as asking:
        (without,), (face,) = (recognise(each, jpeg)["faces"] for each in (plain, asking))
    assert {"measures", "valence", "valence_method"} == face.keys() - without.keys()
    assert without["expression"]["ferplus"] == face["expression"]["ferplus"]
    assert without["box_xyxy_px"] == face["box_xyxy_px"]


def test_raw_frames(server: Server, face: NDArray[np.uint8]) -> None:
    with socket(server) as connection:
        scene = recognise(connection, struct.pack("<4sII", b"RGB8", 640, 480) + face.tobytes())
        assert len(scene["faces"]) == 1
        wrong = recognise(connection, struct.pack("<4sII", b"RGB8", 640, 481) + face.tobytes())
        assert wrong["status"] == 422
        bomb = recognise(connection, struct.pack("<4sII", b"RGB8", 2**31, 2**31))
        assert bomb["limit"] == "max_pixels"


def test_old_frames_are_dropped_and_counted(server: Server, jpeg: bytes) -> None:
    with socket(server) as connection:
        for _ in range(120):
            connection.send(jpeg)
        scenes = [json.loads(connection.recv(timeout=PATIENCE_S))]
        while scenes[-1]["frame_index"] < 119:
            scenes.append(json.loads(connection.recv(timeout=PATIENCE_S)))
    dropped = sum(scene["dropped"] for scene in scenes)
    assert len(scenes) + dropped == 120
    assert dropped > 0
    assert scenes[-1]["dropped_total"] == dropped
    assert [scene["frame_index"] for scene in scenes] == sorted(scene["frame_index"] for scene in scenes)


def test_a_bad_frame_does_not_end_the_connection(server: Server, jpeg: bytes) -> None:
    with socket(server) as connection:
        assert recognise(connection, b"no picture")["status"] == 415
        assert recognise(connection, jpeg[: len(jpeg) // 2])["status"] == 422
        assert len(recognise(connection, jpeg)["faces"]) == 1


def test_text_ends_it_with_a_reason(server: Server) -> None:
    with socket(server) as connection:
        connection.send("hello")
        with pytest.raises(ConnectionClosed) as caught:
            connection.recv(timeout=PATIENCE_S)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1003


@pytest.mark.parametrize(
    "query", ["?max_faces=0", "?max_faces=99", "?max_faces=x", "?max_faces=0000000041000", "?max_faces=" + "9" * 5000]
)
def test_wrong_parameters_are_refused_in_the_handshake(server: Server, query: str) -> None:
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
    server = start(max_sockets=1, idle_s=5)
    with socket(server) as connection:
        recognise(connection, jpeg)
        with pytest.raises(InvalidStatus) as caught, socket(server):
            pass
        assert caught.value.response.status_code == 503
        assert caught.value.response.headers["retry-after"]
        with pytest.raises(ConnectionClosed):
            connection.recv(timeout=PATIENCE_S)

    def again() -> bool:  # once its place is free
        try:
            with socket(server) as connection:
                return len(recognise(connection, jpeg)["faces"]) == 1
        except InvalidStatus:
            return False

    eventually(again)


def test_a_live_socket_survives_its_worker(start: Start, jpeg: bytes) -> None:
    import os
    import signal

    server = start()
    with socket(server) as connection:
        recognise(connection, jpeg)
        for pid in server.children():
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: recognise(connection, jpeg), lambda scene: len(scene.get("faces", ())) == 1)
    assert "a worker ended" in server.log.read_text()


def test_a_new_frame_replaces_one_that_waits() -> None:
    async def play() -> tuple[tuple[bytes, float, int, int], tuple[bytes, float, int, int]]:
        newest = NewestFrame()
        assert [newest.put(name, time_s) for name, time_s in ((b"a", 0.0), (b"b", 0.1), (b"c", 0.2))] == [0, 1, 1]
        first = await newest.get()
        waiting = asyncio.create_task(newest.get())
        await asyncio.sleep(0)
        assert not waiting.done()
        assert not newest.put(b"d", 0.3)
        return first, await waiting

    assert asyncio.run(play()) == ((b"c", 0.2, 2, 2), (b"d", 0.3, 3, 0))


def test_an_unknown_parameter_is_named_in_the_handshake(server: Server) -> None:
    with pytest.raises(InvalidStatus) as caught, socket(server, "?label=ferplus"):
        pass
    response = caught.value.response
    assert (response.status_code, b"did you mean label_set?" in (response.body or b"")) == (422, True)
    assert "content-security-policy" in response.headers


def test_the_sockets_of_one_address_are_limited(start: Start, jpeg: bytes) -> None:
    server = start(max_sockets=9, max_sockets_per_address=2)
    with socket(server) as first, socket(server):
        with pytest.raises(InvalidStatus) as caught, socket(server):
            pass
        assert b"max_sockets_per_address" in (caught.value.response.body or b"")
        assert len(recognise(first, jpeg)["faces"]) == 1


def test_the_frames_of_one_address_are_limited_and_the_newest_is_kept(start: Start, jpeg: bytes) -> None:
    server = start(max_frames_per_s=5)
    with socket(server) as connection:
        started = time.monotonic()
        for _ in range(200):
            connection.send(jpeg)
        scenes = [json.loads(connection.recv(timeout=PATIENCE_S))]
        while scenes[-1]["frame_index"] < 199:
            scenes.append(json.loads(connection.recv(timeout=PATIENCE_S)))
        seconds = time.monotonic() - started
    assert len(scenes) <= 5 + 5 * seconds + 1
    assert len(scenes) + scenes[-1]["dropped_total"] == 200


def test_a_revoked_key_ends_its_sockets_and_no_other(start: Start, jpeg: bytes, tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    (_, lost), (_, kept) = keys.create("lost"), keys.create("kept")
    server = start(require_keys=True, keys_file=tmp_path / "keys.json")
    with (
        socket(server, additional_headers={"x-api-key": lost}) as one,
        socket(server, additional_headers={"x-api-key": kept}) as other,
    ):
        recognise(one, jpeg)
        keys.revoke("lost")
        with pytest.raises(ConnectionClosed) as caught:
            while True:
                recognise(one, jpeg)
        assert caught.value.rcvd is not None
        assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (1008, "the API key is no longer valid")
        assert len(recognise(other, jpeg)["faces"]) == 1
    assert "Traceback" not in server.log.read_text()
