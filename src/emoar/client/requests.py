"""A client's requests without I/O: generators that yield requests and waits, which a client executes."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from emoar.arrays import check_array
from emoar.errors import MediaError, ServerError
from emoar.files import output_errors
from emoar.media.images import decode_image
from emoar.types import Frame, Scene

__all__ = [
    "Flow",
    "Mode",
    "OpenSocket",
    "Picture",
    "Request",
    "SocketResponse",
    "Wait",
    "annotate_video",
    "annotated",
    "expressions",
    "key_headers",
    "live_socket",
    "refusal",
]

T = TypeVar("T")
Mode = Literal["auto", "photo", "live"]
Picture = str | Path | bytes | NDArray[np.uint8] | Frame
_PICTURES: Final = "/v1/expressions"
_VIDEOS: Final = "/v1/videos"
_LIVE: Final = "/v1/live"
_RETRIES: Final = 3
_LONGEST_WAIT_S: Final = 10.0


@dataclass(frozen=True)
class Request:
    """Tells the client to send one request, given as arguments of httpx's `request`."""

    arguments: dict[str, Any]


@dataclass(frozen=True)
class Wait:
    """Tells the client to wait."""

    seconds: float


@dataclass(frozen=True)
class OpenSocket:
    """Tells the client to open a live socket; the result is a `SocketResponse`."""

    path_and_query: str


@dataclass(frozen=True)
class SocketResponse:
    """The result of a handshake: the connection and the stack that closes it, or the server's refusal."""

    status_code: int
    headers: Mapping[str, str]
    body: bytes
    connection: Any = None

    @property
    def is_success(self) -> bool:
        """Whether the handshake succeeded."""
        return self.connection is not None

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is not JSON.
        """
        return json.loads(self.body)


Flow = Generator[Request | Wait | OpenSocket, Any, T]


def expressions(
    picture: Picture,
    mode: Mode,
    max_faces: int | None,
    label_set: str | None,
    *,
    measures: bool = False,
    valence: bool = False,
) -> Flow[Scene]:
    """Sends a picture; returns its scene.

    Raises:
        InputError: an array is not (H, W, 3) uint8.
        MediaError: the file cannot be read on this machine.
        ServerError: the server refuses.
    """
    data, image, name = _loaded(picture)
    parameters = {"mode": mode, **_scene_parameters(max_faces, label_set, measures, valence)}
    response = yield from _request("POST", _PICTURES, content=data, params=parameters)
    document: dict[str, Any] = response.json()
    if isinstance(picture, Frame):
        document |= {"frame_index": picture.index, "time_s": picture.time_s}
    return Scene.from_dict({**document, "source": name}, decode_image(data, name) if image is None else image)


def annotated(picture: Picture, overlays: tuple[str, ...], mode: Mode) -> Flow[bytes]:
    """Sends a picture; returns the drawn picture as the bytes of a PNG file.

    Raises:
        InputError, MediaError, ServerError: as for `expressions`.
    """
    data, _, _ = _loaded(picture)
    parameters = {"mode": mode, "overlays": ",".join(overlays)}
    response = yield from _request("POST", _PICTURES, content=data, params=parameters, headers={"accept": "image/png"})
    return response.content


def annotate_video(source: Path, target: Path, overlays: tuple[str, ...], poll_s: float) -> Flow[dict[str, Any]]:
    """Sends a video, waits for the job, downloads the result and deletes the job; returns its last state.

    `poll_s` is the time in seconds between two requests for the state.

    Raises:
        MediaError: the video cannot be read on this machine.
        OutputError: the result cannot be written.
        ServerError: the server refuses, or the video cannot be annotated.
    """
    try:
        data = source.read_bytes()
    except OSError as exc:
        raise MediaError(f"cannot read {source}: {exc.strerror}") from exc
    response = yield from _request("POST", _VIDEOS, content=data, params={"overlays": ",".join(overlays)})
    job: dict[str, Any] = response.json()
    where = f"{_VIDEOS}/{job['id']}"
    while job["state"] in ("queued", "running"):
        yield Wait(poll_s)
        job = (yield from _request("GET", where)).json()
    if job["state"] == "done":
        video = yield from _request("GET", job["results"]["video"])
        with output_errors(target):
            target.write_bytes(video.content)
    yield from _request("DELETE", where)
    if job["state"] != "done":
        raise ServerError(f"{source} could not be annotated: {job['problem']}")
    return job


def live_socket(max_faces: int, label_set: str | None, *, measures: bool = False, valence: bool = False) -> Flow[Any]:
    """Opens a live socket; returns the connection and the stack that closes it.

    Raises:
        ServerError: the server refuses.
    """
    query = urlencode(_scene_parameters(max_faces, label_set, measures, valence))
    return (yield from _with_retries(OpenSocket(f"{_LIVE}?{query}"))).connection


def key_headers(key: str | None) -> dict[str, str]:
    """The headers for an API key; empty without one."""
    return {"authorization": f"Bearer {key}"} if key else {}


def _scene_parameters(max_faces: int | None, label_set: str | None, measures: bool, valence: bool) -> dict[str, Any]:
    """The query parameters of a scene with landmarks."""
    values = {"max_faces": max_faces, "landmarks": "true", "label_set": label_set}
    asked = {"measures": measures, "valence": valence}  # only where asked for: an older server does not have them
    values |= {name: "true" for name, is_asked in asked.items() if is_asked}
    return {name: value for name, value in values.items() if value is not None}


def _request(method: str, url: str, **arguments: Any) -> Flow[Any]:
    """Sends one request and returns the successful response.

    Raises:
        ServerError: the server refuses.
    """
    return (yield from _with_retries(Request({"method": method, "url": url, **arguments})))


def _with_retries(step: Request | OpenSocket) -> Flow[Any]:
    """Repeats a request to a busy server after the delay that it gives. Returns the successful response.

    Raises:
        ServerError: the server refuses.
    """
    response = yield step
    for _ in range(_RETRIES):
        wait = _wait_s(response)
        if wait is None:
            break
        yield Wait(wait)
        response = yield step
    if not response.is_success:
        raise refusal(response)
    return response


def _wait_s(response: Any) -> float | None:
    """The delay in seconds that a busy server gives until the next attempt; None when the client must not repeat it."""
    retry_after = response.headers.get("retry-after", "")
    busy = response.status_code in (429, 503) and retry_after.isdigit()
    return float(retry_after) if busy and float(retry_after) <= _LONGEST_WAIT_S else None


def refusal(response: Any) -> ServerError:
    """The error for a response that is not successful; its body should be a problem document."""
    try:
        problem: dict[str, Any] = response.json()
        detail, limit = str(problem["detail"]), problem.get("limit")
    except (ValueError, KeyError, TypeError):
        detail, limit = "it is not an emoar server, or one of another version", None
    message = f"the server refuses ({response.status_code}): {detail}"
    return ServerError(message, status=int(response.status_code), limit=limit)


def _loaded(picture: Picture) -> tuple[bytes, NDArray[np.uint8] | None, str]:
    """The bytes of a file, the pixels (None when `picture` is a file), and the name.

    Raises:
        InputError: an array is not (H, W, 3) uint8.
        MediaError: the file cannot be read.
    """
    if isinstance(picture, bytes):
        return picture, None, ""
    if isinstance(picture, str | Path):
        try:
            return Path(picture).read_bytes(), None, Path(picture).name
        except OSError as exc:
            raise MediaError(f"cannot read {picture}: {exc.strerror}") from exc
    image, name = (picture.image, picture.source) if isinstance(picture, Frame) else (picture, "")
    check_array("image", image, (None, None, 3), np.uint8)
    import cv2

    fast = [cv2.IMWRITE_PNG_COMPRESSION, 1]
    return cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), fast)[1].tobytes(), image, name
