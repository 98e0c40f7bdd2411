"""Clients of `emoar serve`, sync and async: pictures and videos in, the same values out as from a pipeline.

    with emoar.Client("http://127.0.0.1:8000") as client:
        scene = client.expressions("photo.jpg")

    async with emoar.AsyncClient("http://127.0.0.1:8000") as client:
        scene = await client.expressions("photo.jpg")

    with emoar.Client("http://127.0.0.1:8000") as client, client.live() as live:
        for frame in emoar.open_frames(0):
            result = live.recognise(frame)

The requests are written once, as generators of requests and waits (`requests.py`); the two classes differ in how they
carry them out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from emoar.client import requests
from emoar.client.live import AsyncLive, Live, accepted, refused, socket_arguments, websockets
from emoar.client.messages import LiveCodec
from emoar.client.requests import Flow, OpenSocket, Picture, Request, SocketResponse, Wait
from emoar.errors import DependencyMissing, ServerError
from emoar.overlay.names import DEFAULT_OVERLAYS
from emoar.types import Scene

if TYPE_CHECKING:
    import httpx

__all__ = ["AsyncClient", "Client"]

T = TypeVar("T")
Mode = Literal["auto", "photo", "live"]


class Client:
    """Sends requests to a server, one at a time; keeps the connection.

    Raises:
        DependencyMissing: the extra `client` is not installed.
    """

    def __init__(self, url: str = "http://127.0.0.1:8000", *, key: str | None = None, timeout_s: float = 30.0) -> None:
        """Does not connect yet.

        Args:
            url: of the server.
            key: its API key, where it needs one.
            timeout_s: of each step of a request.
        """
        self._http: httpx.Client = _httpx().Client(base_url=url, headers=requests.key_headers(key), timeout=timeout_s)
        self._key, self._timeout_s = key, timeout_s

    def expressions(
        self, picture: Picture, *, mode: Mode = "auto", max_faces: int = 4, label_set: str | None = None
    ) -> Scene:
        """The faces of a picture: a path, the bytes of a file, an (H, W, 3) RGB array, or a frame.

        A request to a busy server is sent again, after the time that the server gives, up to three times.

        Raises:
            ServerError: the server cannot be reached or refuses; the message is the server's.
            MediaError: the file cannot be read here.
        """
        return self._run(requests.expressions(picture, mode, max_faces, label_set))

    def annotated(
        self, picture: Picture, overlays: tuple[str, ...] = DEFAULT_OVERLAYS, *, mode: Mode = "auto"
    ) -> bytes:
        """The picture with the server's drawing on it, as the bytes of a PNG file.

        Raises:
            ServerError, MediaError: as for `expressions`.
        """
        return self._run(requests.annotated(picture, overlays, mode))

    def annotate_video(
        self, source: Path, target: Path, overlays: tuple[str, ...] = DEFAULT_OVERLAYS, *, poll_s: float = 0.5
    ) -> dict[str, Any]:
        """Has a video annotated, downloads it and deletes the job. Gives the job's last state.

        Raises:
            ServerError: the server refuses, or the video cannot be annotated.
        """
        return self._run(requests.annotate_video(Path(source), Path(target), overlays, poll_s))

    def live(self, *, max_faces: int = 4, label_set: str | None = None, jpeg_quality: int | None = 90) -> Live:
        """A live socket, to be used with `with`: frames in, scenes with steady ids out.

        Args:
            max_faces: tracked at most.
            label_set: of the labels; the model's default unless given.
            jpeg_quality: 1..100, of arrays that are sent; None sends their pixels as they are, 10 times as much.

        Raises:
            ServerError: on entering, as for `expressions`; also `DependencyMissing`, without websockets.
        """
        return Live(
            lambda: self._run(requests.live_socket(max_faces, label_set)), LiveCodec(jpeg_quality), self._timeout_s
        )

    def close(self) -> None:
        """Ends the connection."""
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
            with _errors(str(self._http.base_url)):
                response = self._http.request(**step.arguments) if isinstance(step, Request) else self._opened(step)

    def _opened(self, step: OpenSocket) -> SocketResponse:
        arguments = socket_arguments(str(self._http.base_url), step, self._key, self._timeout_s)
        stack = ExitStack()
        try:
            return accepted(stack.enter_context(websockets("sync.client").connect(**arguments)), stack)
        except websockets("exceptions").InvalidStatus as exc:
            return refused(exc.response)
        except websockets("exceptions").WebSocketException as exc:  # a malformed response
            raise ConnectionError(str(exc)) from exc


class AsyncClient:
    """As `Client`, for asyncio. Several requests may be open at once."""

    def __init__(self, url: str = "http://127.0.0.1:8000", *, key: str | None = None, timeout_s: float = 30.0) -> None:
        self._http: httpx.AsyncClient = _httpx().AsyncClient(
            base_url=url, headers=requests.key_headers(key), timeout=timeout_s
        )
        self._key, self._timeout_s = key, timeout_s

    async def expressions(
        self, picture: Picture, *, mode: Mode = "auto", max_faces: int = 4, label_set: str | None = None
    ) -> Scene:
        """See `Client.expressions`."""
        return await self._run(requests.expressions(picture, mode, max_faces, label_set))

    async def annotated(
        self, picture: Picture, overlays: tuple[str, ...] = DEFAULT_OVERLAYS, *, mode: Mode = "auto"
    ) -> bytes:
        """See `Client.annotated`."""
        return await self._run(requests.annotated(picture, overlays, mode))

    async def annotate_video(
        self, source: Path, target: Path, overlays: tuple[str, ...] = DEFAULT_OVERLAYS, *, poll_s: float = 0.5
    ) -> dict[str, Any]:
        """See `Client.annotate_video`."""
        return await self._run(requests.annotate_video(Path(source), Path(target), overlays, poll_s))

    def live(self, *, max_faces: int = 4, label_set: str | None = None, jpeg_quality: int | None = 90) -> AsyncLive:
        """See `Client.live`; to be used with `async with`."""
        return AsyncLive(
            lambda: self._run(requests.live_socket(max_faces, label_set)), LiveCodec(jpeg_quality), self._timeout_s
        )

    async def close(self) -> None:
        """Ends the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    async def _run(self, flow: Flow[T]) -> T:
        response: Any = None
        while True:
            try:
                step = flow.send(response)
            except StopIteration as stop:
                return stop.value
            if isinstance(step, Wait):
                response = await asyncio.sleep(step.seconds)
                continue
            with _errors(str(self._http.base_url)):
                if isinstance(step, Request):
                    response = await self._http.request(**step.arguments)
                else:
                    response = await self._opened(step)

    async def _opened(self, step: OpenSocket) -> SocketResponse:
        arguments = socket_arguments(str(self._http.base_url), step, self._key, self._timeout_s)
        stack = AsyncExitStack()
        try:
            return accepted(await stack.enter_async_context(websockets("asyncio.client").connect(**arguments)), stack)
        except websockets("exceptions").InvalidStatus as exc:
            return refused(exc.response)
        except websockets("exceptions").WebSocketException as exc:  # a malformed response
            raise ConnectionError(str(exc)) from exc


@contextmanager
def _errors(url: str) -> Generator[None]:
    """Translates errors of the connection into `ServerError`."""
    try:
        yield
    except (_httpx().HTTPError, OSError, TimeoutError) as exc:
        raise _unreachable(url, exc) from exc


def _httpx() -> Any:
    try:
        return import_module("httpx")
    except ImportError as exc:
        raise DependencyMissing("the client needs httpx: pip install 'emoar[client]'") from exc


def _unreachable(url: str, exc: Exception) -> ServerError:
    why = str(exc) or type(exc).__name__
    return ServerError(f"{url} does not answer ({why}): is emoar serve running there?")
