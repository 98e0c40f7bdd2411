"""The client of `emoar serve`: it sends pictures and videos, and returns the same types as a pipeline.

    with emoar.Client("http://127.0.0.1:8000") as client:
        scene = client.expressions("photo.jpg")

    with emoar.Client("http://127.0.0.1:8000") as client, client.live() as live:
        for frame in emoar.open_frames(0):
            result = live.recognise(frame)

It and `async_client.AsyncClient` run the same generators of requests and waits (`requests.py`) and differ only in
their I/O.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from emoar.client import requests
from emoar.client.live import Live, accepted, refused, socket_arguments, websockets
from emoar.client.messages import LiveCodec
from emoar.client.network import connection_errors, httpx_library, tls_context
from emoar.client.requests import Flow, Mode, OpenSocket, Picture, Request, SocketResponse, Wait
from emoar.overlay.names import DEFAULT_OVERLAYS
from emoar.types import Scene

if TYPE_CHECKING:
    import httpx

__all__ = ["Client"]

T = TypeVar("T")


class Client:
    """Sends requests to a server, one at a time, over a connection that it keeps; a context manager.

    Raises:
        DependencyMissing: the extra `client` is not installed.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        key: str | None = None,
        timeout_s: float = 30.0,
        ca_file: str | Path | None = None,
    ) -> None:
        """Prepares the client; the first request opens the connection.

        Args:
            url: base URL of the server.
            key: API key, if the server requires one.
            timeout_s: seconds for each network operation of a request.
            ca_file: PEM file of the authority that signed the server's certificate, or of a self-signed certificate;
                None: the authorities that this machine trusts.

        Raises:
            InputError: `ca_file` cannot be read or is not PEM.
        """
        self._tls = tls_context(url, ca_file)
        self._http: httpx.Client = httpx_library().Client(
            base_url=url, headers=requests.key_headers(key), timeout=timeout_s, verify=self._tls or True
        )
        self._key, self._timeout_s = key, timeout_s

    def expressions(
        self,
        picture: Picture,
        *,
        mode: Mode = "auto",
        max_faces: int | None = None,
        label_set: str | None = None,
        measures: bool = False,
        valence: bool = False,
    ) -> Scene:
        """Recognises the faces of a picture: a path, the bytes of a file, an (H, W, 3) uint8 RGB array, or a `Frame`.

        The client repeats a request to a busy server up to three times, after the delay that the server gives. Without
        `max_faces` there are at most 20 faces, or fewer where the server allows fewer. `measures` and `valence` are as
        in `PipelineOptions`.

        Raises:
            InputError: an array has another shape or type.
            MediaError: the file cannot be read on this machine.
            ServerError: the server cannot be reached or refuses; the message is the server's.
        """
        flow = requests.expressions(picture, mode, max_faces, label_set, measures=measures, valence=valence)
        return self._run(flow)

    def annotated(
        self, picture: Picture, overlays: tuple[str, ...] = DEFAULT_OVERLAYS, *, mode: Mode = "auto"
    ) -> bytes:
        """The picture with overlays that the server draws, as the bytes of a PNG file.

        Raises:
            InputError, MediaError, ServerError: as for `expressions`.
        """
        return self._run(requests.annotated(picture, overlays, mode))

    def annotate_video(
        self, source: Path, target: Path, overlays: tuple[str, ...] = DEFAULT_OVERLAYS, *, poll_s: float = 0.5
    ) -> dict[str, Any]:
        """Sends a video to be annotated, downloads the result and deletes the job. Returns the job's last state.

        The client reads the state of the job every `poll_s` seconds.

        Raises:
            MediaError: `source` cannot be read.
            OutputError: `target` cannot be written.
            ServerError: the server cannot be reached or refuses, or the video cannot be annotated.
        """
        return self._run(requests.annotate_video(Path(source), Path(target), overlays, poll_s))

    def live(
        self,
        *,
        max_faces: int = 4,
        label_set: str | None = None,
        measures: bool = False,
        valence: bool = False,
        jpeg_quality: int | None = 90,
    ) -> Live:
        """A live socket, as a context manager that connects on entry. Faces keep their track ids from frame to frame.

        Args:
            max_faces: maximum number of tracked faces.
            label_set: name of the label set; None is the model's default.
            measures: whether faces get `Face.measures`.
            valence: whether faces get `Face.valence`.
            jpeg_quality: 1..100, for arrays; None sends raw pixels, about 10 times as many bytes.

        Raises:
            InputError: `jpeg_quality` is out of range.
            ServerError: on entry, as for `expressions`.
            DependencyMissing: on entry, if websockets is not installed.
        """
        return Live(
            lambda: self._run(requests.live_socket(max_faces, label_set, measures=measures, valence=valence)),
            LiveCodec(jpeg_quality),
            self._timeout_s,
        )

    def close(self) -> None:
        """Closes the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _run(self, flow: Flow[T]) -> T:
        response: Any = None
        while True:
            try:
                step = flow.send(response)
            except StopIteration as stop:
                return stop.value
            if isinstance(step, Wait):
                response = time.sleep(step.seconds)
                continue
            with connection_errors(str(self._http.base_url)):
                response = self._http.request(**step.arguments) if isinstance(step, Request) else self._opened(step)

    def _opened(self, step: OpenSocket) -> SocketResponse:
        arguments = socket_arguments(str(self._http.base_url), step, self._key, self._timeout_s, self._tls)
        stack = ExitStack()
        try:
            return accepted(stack.enter_context(websockets("sync.client").connect(**arguments)), stack)
        except websockets("exceptions").InvalidStatus as exc:
            return refused(exc.response)
        except websockets("exceptions").WebSocketException as exc:  # a malformed response
            raise ConnectionError(str(exc)) from exc
