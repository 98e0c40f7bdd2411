"""The steps of a client, carried out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emoar.client.requests import (
    Flow,
    OpenSocket,
    Request,
    SocketResponse,
    Wait,
    annotate_video,
    annotated,
    expressions,
    key_headers,
    live_socket,
    refusal,
)
from emoar.errors import MediaError, ServerError
from emoar.media.images import decode_image
from emoar.types import Frame

SCENE = {"schema": "emoar.scene/1", "frame_index": 0, "time_s": 0.0, "width_px": 6, "height_px": 4, "faces": []}
IMAGE = np.full((4, 6, 3), 90, np.uint8)


class Response:
    """As httpx has it."""

    def __init__(self, status_code: int, document: Any = None, content: bytes = b"", **headers: str) -> None:
        self.status_code, self.content = status_code, content
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self._document = document

    @property
    def is_success(self) -> bool:
        return self.status_code < 300

    def json(self) -> Any:
        if self._document is None:
            raise ValueError("no JSON")
        return self._document


def carry_out(flow: Flow[Any], *responses: Any) -> tuple[list[Any], Any]:
    """The steps of a flow that gets these responses, and its result; waits take no time."""
    steps, waiting = [], iter(responses)
    response: Any = None
    while True:
        try:
            steps.append(flow.send(response))
        except StopIteration as stop:
            assert next(waiting, None) is None
            return steps, stop.value
        response = None if isinstance(steps[-1], Wait) else next(waiting)


def test_a_picture_and_its_scene() -> None:
    (request,), scene = carry_out(
        expressions(Frame(IMAGE, 1.5, 7, "a.mp4"), "auto", 4, "fer2013"), Response(200, SCENE)
    )
    assert (request.arguments["method"], request.arguments["url"]) == ("POST", "/v1/expressions")
    assert request.arguments["params"] == {"mode": "auto", "max_faces": 4, "landmarks": "true", "label_set": "fer2013"}
    assert (decode_image(request.arguments["content"]) == IMAGE).all()
    assert (scene.frame.time_s, scene.frame.index, scene.frame.source) == (1.5, 7, "a.mp4")
    assert (scene.frame.image == IMAGE).all()


def test_what_is_not_asked_for_is_not_in_the_query() -> None:
    wanted = {"mode": "auto", "landmarks": "true"}
    for measures, valence in ((False, False), (True, False), (False, True)):
        asked = {name: "true" for name, value in {"measures": measures, "valence": valence}.items() if value}
        flow = expressions(IMAGE, "auto", None, None, measures=measures, valence=valence)
        (request,), _ = carry_out(flow, Response(200, SCENE))
        assert request.arguments["params"] == wanted | asked


def test_a_drawn_picture() -> None:
    (request,), picture = carry_out(annotated(b"file", ("label", "box"), "photo"), Response(200, content=b"drawn"))
    assert request.arguments["params"] == {"mode": "photo", "overlays": "label,box"}
    assert request.arguments["headers"] == {"accept": "image/png"}
    assert (request.arguments["content"], picture) == (b"file", b"drawn")


def test_a_busy_server_gets_the_request_again_after_its_time() -> None:
    busy = Response(503, {"detail": "full"}, retry_after="2")
    steps, _ = carry_out(expressions(IMAGE, "auto", 4, None), busy, busy, Response(200, SCENE))
    assert [step if isinstance(step, Wait) else type(step) for step in steps] == [
        Request,
        Wait(2.0),
        Request,
        Wait(2.0),
        Request,
    ]


@pytest.mark.parametrize(
    ("response", "requests"),
    [
        (Response(503, {"detail": "full", "limit": "max_requests"}, retry_after="1"), 4),
        (Response(503, {"detail": "full"}, retry_after="3600"), 1),
        (Response(429, {"detail": "slow down"}), 1),
        (Response(422, {"detail": "damaged"}, retry_after="1"), 1),
    ],
)
def test_the_number_of_tries(response: Response, requests: int) -> None:
    flow = expressions(IMAGE, "auto", 4, None)
    sent, step = 0, next(flow)
    with pytest.raises(ServerError) as caught:
        while True:
            sent += isinstance(step, Request)
            step = flow.send(response if isinstance(step, Request) else None)
    assert (sent, caught.value.status) == (requests, response.status_code)


def job(state: str, **more: Any) -> Response:
    return Response(
        200, {"id": "0f", "state": state, "results": {"video": "/v1/videos/0f/video"}, "problem": None} | more
    )


def test_a_video_from_upload_to_deletion(tmp_path: Path) -> None:
    source, target = tmp_path / "in.mp4", tmp_path / "out.mp4"
    source.write_bytes(b"in")
    responses = [job("queued"), job("running"), job("done"), Response(200, content=b"out"), Response(204)]
    steps, last = carry_out(annotate_video(source, target, ("label",), 0.5), *responses)
    sent = [(step.arguments["method"], step.arguments["url"]) for step in steps if isinstance(step, Request)]
    where = "/v1/videos/0f"
    assert sent == [
        ("POST", "/v1/videos"),
        ("GET", where),
        ("GET", where),
        ("GET", f"{where}/video"),
        ("DELETE", where),
    ]
    assert steps.count(Wait(0.5)) == 2
    assert (last["state"], target.read_bytes()) == ("done", b"out")


def test_a_failed_video_is_deleted_and_an_error(tmp_path: Path) -> None:
    source = tmp_path / "in.mp4"
    source.write_bytes(b"in")
    with pytest.raises(ServerError, match="could not be annotated: cut short"):
        carry_out(
            annotate_video(source, tmp_path / "out.mp4", (), 0.5), job("failed", problem="cut short"), Response(204)
        )
    assert not (tmp_path / "out.mp4").exists()


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for flow in (expressions(tmp_path / "no", "auto", 4, None), annotate_video(tmp_path / "no", tmp_path, (), 1)):
        with pytest.raises(MediaError, match="cannot read"):
            next(flow)


def test_a_live_socket() -> None:
    open_ = SocketResponse(101, {}, b"", "connection")
    (step,), connection = carry_out(live_socket(2, "ferplus"), open_)
    assert step == OpenSocket("/v1/live?max_faces=2&landmarks=true&label_set=ferplus")
    assert connection == "connection"
    (step,), _ = carry_out(live_socket(2, None, measures=True, valence=True), open_)
    assert step == OpenSocket("/v1/live?max_faces=2&landmarks=true&measures=true&valence=true")
    busy = SocketResponse(503, {"retry-after": "5"}, json.dumps({"detail": "full"}).encode())
    steps, _ = carry_out(live_socket(2, None), busy, open_)
    assert steps[1:] == [Wait(5.0), OpenSocket("/v1/live?max_faces=2&landmarks=true")]


def test_refusals() -> None:
    error = refusal(Response(422, {"detail": "too large", "limit": "max_pixels"}))
    assert (str(error), error.limit) == ("the server refuses (422): too large", "max_pixels")
    for response in (Response(502), Response(502, []), Response(502, {"a": 1})):
        assert "is not an emoar server" in str(refusal(response))


def test_key_headers() -> None:
    assert key_headers(None) == key_headers("") == {}
    assert key_headers("k") == {"authorization": "Bearer k"}
