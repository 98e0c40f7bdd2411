"""The client of a live socket: sends and receives the messages of `client.messages` over a connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from importlib import import_module
from ssl import SSLContext
from types import TracebackType
from typing import Any, NoReturn, Self

from emoar.client.messages import LiveCodec, LiveFrame, LiveScene
from emoar.client.requests import OpenSocket, SocketResponse, key_headers
from emoar.errors import DependencyMissing, InputError, ServerError

__all__ = ["AsyncLive", "Live", "accepted", "refused", "socket_arguments", "websockets"]


class Live:
    """A live socket from `Client.live`; a context manager that opens and closes the connection.

    Frames may be sent before the scenes of earlier ones are received: the server drops and counts frames that it cannot
    process in time. One thread may send while another receives.
    """

    def __init__(self, open_: Callable[[], Any], codec: LiveCodec, timeout_s: float) -> None:
        self._open, self._codec, self._timeout_s = open_, codec, timeout_s
        self._socket: Any = None
        self._closing: Any = None

    def send(self, frame: LiveFrame) -> None:
        """Sends a frame: the bytes of a picture file, an (H, W, 3) uint8 RGB array, or a `Frame`.

        Raises:
            InputError: it is none of these, or the socket is not open.
            ServerError: the socket has been closed.
        """
        message = self._codec.pack(frame)
        try:
            _checked(self._socket).send(message)
        except _closed() as exc:
            _raise_closed(exc)

    def receive(self, timeout_s: float | None = None) -> LiveScene:
        """The scene of the next frame that the server has processed.

        `timeout_s` is the longest wait in seconds; None is the client's `timeout_s`.

        Raises:
            InputError: the socket is not open.
            ServerError: the frame is not usable (the next call continues with later frames), no scene arrives in time,
                or the socket has been closed.
        """
        seconds = self._timeout_s if timeout_s is None else timeout_s
        try:
            message = _checked(self._socket).recv(timeout=seconds)
        except TimeoutError as exc:
            raise _timed_out(seconds) from exc
        except _closed() as exc:
            _raise_closed(exc)
        return self._codec.unpack(message)

    def recognise(self, frame: LiveFrame) -> LiveScene:
        """Sends a frame and waits for its scene.

        Raises:
            InputError, ServerError: as for `send` and `receive`.
        """
        self.send(frame)
        return self.receive()

    def __iter__(self) -> Iterator[LiveScene]:
        """Yields scenes as they arrive, until `receive` raises an error."""
        while True:
            yield self.receive()

    def __enter__(self) -> Self:
        self._socket, self._closing = self._open()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._closing.close()


class AsyncLive:
    """`Live` for asyncio, from `AsyncClient.live`. One task may send while another receives."""

    def __init__(self, open_: Callable[[], Awaitable[Any]], codec: LiveCodec, timeout_s: float) -> None:
        self._open, self._codec, self._timeout_s = open_, codec, timeout_s
        self._socket: Any = None
        self._closing: Any = None

    async def send(self, frame: LiveFrame) -> None:
        """See `Live.send`.

        Raises:
            InputError, ServerError: as for `Live.send`.
        """
        message = self._codec.pack(frame)
        try:
            await _checked(self._socket).send(message)
        except _closed() as exc:
            _raise_closed(exc)

    async def receive(self, timeout_s: float | None = None) -> LiveScene:
        """See `Live.receive`.

        Raises:
            InputError, ServerError: as for `Live.receive`.
        """
        seconds = self._timeout_s if timeout_s is None else timeout_s
        try:
            async with asyncio.timeout(seconds):
                message = await _checked(self._socket).recv()
        except TimeoutError as exc:
            raise _timed_out(seconds) from exc
        except _closed() as exc:
            _raise_closed(exc)
        return self._codec.unpack(message)

    async def recognise(self, frame: LiveFrame) -> LiveScene:
        """See `Live.recognise`.

        Raises:
            InputError, ServerError: as for `Live.send` and `Live.receive`.
        """
        await self.send(frame)
        return await self.receive()

    async def __aiter__(self) -> AsyncIterator[LiveScene]:
        while True:
            yield await self.receive()

    async def __aenter__(self) -> Self:
        self._socket, self._closing = await self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self._closing.aclose()


def websockets(name: str) -> Any:
    """The module `websockets.<name>`.

    Raises:
        DependencyMissing: it is not installed.
    """
    try:
        return import_module(f"websockets.{name}")
    except ImportError as exc:
        raise DependencyMissing("a live socket needs websockets: pip install 'emoar[client]'") from exc


def socket_arguments(
    base_url: str, step: OpenSocket, key: str | None, timeout_s: float, tls: SSLContext | None = None
) -> dict[str, Any]:
    """The arguments of the library's `connect`; the scheme http becomes ws, and https becomes wss with `tls`."""
    address = base_url.replace("http", "ws", 1).rstrip("/") + step.path_and_query
    headers = key_headers(key)
    # pictures are compressed already, and the server does not accept compressed messages
    arguments = {"uri": address, "additional_headers": headers, "open_timeout": timeout_s, "compression": None}
    return arguments if tls is None else {**arguments, "ssl": tls}


def accepted(connection: Any, closing: Any) -> SocketResponse:
    """The response of a completed handshake: the connection, and the stack that closes it."""
    return SocketResponse(101, {}, b"", (connection, closing))


def refused(response: Any) -> SocketResponse:
    """The response of a handshake that the server refuses."""
    return SocketResponse(response.status_code, response.headers, bytes(response.body or b""))


def _checked(socket: Any) -> Any:
    if socket is None:
        raise InputError("the live socket is not open: use it as `with client.live() as live:`")
    return socket


def _closed() -> Any:
    return websockets("exceptions").ConnectionClosed


def _raise_closed(exc: Any) -> NoReturn:
    reason = exc.rcvd.reason if exc.rcvd is not None and exc.rcvd.reason else "without a reason"
    raise ServerError(f"the server has closed the live socket ({reason}): open a new one") from exc


def _timed_out(seconds: float) -> ServerError:
    return ServerError(f"no response on the live socket within {seconds:g} s: send a frame first, or a smaller one")
