"""`POST /v1/sessions`: a live socket is recorded, marked, stopped, downloaded and deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from server_process import PATIENCE_S, Server, eventually
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from emoar.analysis.read import read_recording

URL = "/v1/sessions"


def live(server: Server, session: dict[str, Any]) -> Any:
    address = f"{server.url.replace('http', 'ws', 1)}{session['live']}&landmarks=true"
    return connect(address, max_size=None, compression=None)


def test_a_session_from_start_to_deletion(http: httpx.Client, server: Server, jpeg: bytes, tmp_path: Path) -> None:
    started = http.post(URL, params={"purpose": "a  test"})
    assert started.status_code == 201
    session, where = started.json(), started.headers["location"]
    assert (session["state"], session["file"]) == ("waiting", None)
    assert http.post(f"{where}/markers", json={"name": "now"}).status_code == 409
    with live(server, session) as socket:
        for _ in range(3):
            socket.send(jpeg)
            assert len(json.loads(socket.recv(timeout=PATIENCE_S))["faces"]) == 1
        marked = http.post(f"{where}/markers", json={"name": "question 1"})
        assert marked.status_code == 201
        assert 0 <= marked.json()["time_s"] < PATIENCE_S
        assert http.post(f"{where}/markers", json={"name": "film", "time_s": 0, "end_s": 1.5}).status_code == 201
        assert eventually(lambda: http.get(where).json(), lambda it: it["scenes"] == 3)["state"] == "recording"
        assert http.get(f"{where}/file").status_code == 409
        with pytest.raises(InvalidStatus) as refused:
            live(server, session)
        assert refused.value.response.status_code == 409
    stopped = eventually(lambda: http.get(where).json(), lambda it: it["state"] == "stopped")
    assert (stopped["scenes"], stopped["markers"], stopped["problem"]) == (3, 2, None)
    assert stopped["retention"]["deleted_at"].endswith("Z")
    answer = http.get(stopped["file"])
    assert answer.headers["content-type"] == "application/gzip"
    path = tmp_path / "session.emoar"
    path.write_bytes(answer.content)
    recording = read_recording(path)
    assert len(recording.frames["time_s"]) == 3
    assert recording.markers[0].name == "film"
    assert (recording.purpose, recording.notes) == ("a test", ())
    assert http.delete(where).status_code == 204
    assert http.get(where).status_code == 404
    assert not list((server.log.parent / "jobs").rglob("session.emoar"))


def test_a_session_that_is_stopped_while_its_socket_goes_on(http: httpx.Client, server: Server, jpeg: bytes) -> None:
    session = http.post(URL).json()
    where = f"{URL}/{session['id']}"
    with live(server, session) as socket:
        socket.send(jpeg)
        socket.recv(timeout=PATIENCE_S)
        eventually(lambda: http.get(where).json(), lambda it: it["scenes"] == 1)
        assert http.post(f"{where}/stop").json()["state"] == "stopped"
        socket.send(jpeg)
        assert json.loads(socket.recv(timeout=PATIENCE_S))["frame_index"] == 1
    assert http.get(where).json()["scenes"] == 1
    assert http.post(f"{where}/markers", json={"name": "late", "time_s": 1}).status_code == 409
    assert http.delete(where).status_code == 204


def test_a_session_without_a_socket(http: httpx.Client) -> None:
    where = http.post(URL).headers["location"]
    assert http.post(f"{where}/stop").json()["file"] is None
    assert http.get(f"{where}/file").status_code == 404
    assert http.delete(where).status_code == 204


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"name": ""}', b'{"name": "a", "time_s": "x"}', b'{"name": "a", "colour": 1}', b"\xff"]
)
def test_bodies_that_are_no_markers(body: bytes, http: httpx.Client) -> None:
    where = http.post(URL).headers["location"]
    response = http.post(f"{where}/markers", content=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert http.delete(where).status_code == 204


def test_what_is_not_there(http: httpx.Client, server: Server) -> None:
    for response in (http.get(f"{URL}/none"), http.post(f"{URL}/none/markers", json={"name": "a"})):
        assert response.status_code == 404
    assert http.post(URL, params={"colour": "red"}).status_code == 422
    with pytest.raises(InvalidStatus) as refused:
        live(server, {"live": "/v1/live?session=none"})
    assert refused.value.response.status_code == 404
