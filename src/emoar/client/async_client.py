"""The async client of `emoar serve`: `client.Client` for asyncio.

async with emoar.AsyncClient("http://127.0.0.1:8000") as client:
    scene = await client.expressions("photo.jpg")
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from emoar.client import requests
from emoar.client.live import AsyncLive, accepted, refused, socket_arguments, websockets
from emoar.client.messages import LiveCodec
from emoar.client.network import connection_errors, httpx_library, tls_context
from emoar.client.requests import Flow, Mode, OpenSocket, Picture, Request, SocketResponse, Wait
from emoar.overlay.names import DEFAULT_OVERLAYS
from emoar.types import Scene

if TYPE_CHECKING:
    import httpx

__all__ = ["AsyncClient"]

T = TypeVar("T")


class AsyncClient:
    """`Client` for asyncio, with the same methods and errors. Several requests may be open at once."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        key: str | None = None,
        timeout_s: float = 30.0,
        ca_file: str | Path | None = None,
    ) -> None:
        self._tls = tls_context(url, ca_file)
        self._http: httpx.AsyncClient = httpx_library().AsyncClient(
            base_url=url, headers=requests.key_headers(key), timeout=timeout_s, verify=self._tls or True
        )
        self._key, self._timeout_s = key, timeout_s

    async def expressions(
        self,
        picture: Picture,
        *,
        mode: Mode = "auto",
        max_faces: int | None = None,
        label_set: str | None = None,
        measures: bool = False,
        valence: bool = False,
    ) -> Scene:
        """See `Client.expressions`."""
        flow = requests.expressions(picture, mode, max_faces, label_set, measures=measures, valence=valence)
        return await self._run(flow)

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

    def live(
        self,
        *,
        max_faces: int = 4,
        label_set: str | None = None,
        measures: bool = False,
        valence: bool = False,
        jpeg_quality: int | None = 90,
    ) -> AsyncLive:
        """See `Client.live`; an async context manager."""
        return AsyncLive(
            lambda: self._run(requests.live_socket(max_faces, label_set, measures=measures, valence=valence)),
            LiveCodec(jpeg_quality),
            self._timeout_s,
        )

    async def close(self) -> None:
        """Closes the connections."""
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
            with connection_errors(str(self._http.base_url)):
                if isinstance(step, Request):
                    response = await self._http.request(**step.arguments)
                else:
                    response = await self._opened(step)

    async def _opened(self, step: OpenSocket) -> SocketResponse:
        arguments = socket_arguments(str(self._http.base_url), step, self._key, self._timeout_s, self._tls)
        stack = AsyncExitStack()
        try:
            return accepted(await stack.enter_async_context(websockets("asyncio.client").connect(**arguments)), stack)
        except websockets("exceptions").InvalidStatus as exc:
            return refused(exc.response)
        except websockets("exceptions").WebSocketException as exc:  # a malformed response
            raise ConnectionError(str(exc)) from exc
