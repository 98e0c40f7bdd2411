"""A WebSocket to a server that takes events: that of EmoAR at `/v1/events`, or another one."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Final
from urllib.parse import urlencode

from emoar import __version__
from emoar.errors import DependencyMissing, OutputError
from emoar.events.address import SECRET_FILE, SinkAddress
from emoar.events.reasons import reason_of
from emoar.events.texts import event_text, scene_text
from emoar.events.values import Event
from emoar.types import Scene

__all__ = ["KEY", "WebSocketSender"]

KEY: Final = "EMOAR_API_KEY"
_PROTOCOL: Final = "emoar.events"
_OPEN_S: Final = 5.0
_CLOSE_S: Final = 1.0
_MOST_REPLY_BYTES: Final = 1 << 16  # replies mean nothing


class WebSocketSender:
    """Sends each event and scene as one text message, its JSON document.

    An API key (`EMOAR_API_KEY` or the option `secret-file`) is sent as `Authorization: Bearer`.

    Raises:
        InputError: an option is wrong, or the file of the key cannot be read.
        DependencyMissing: websockets is not installed.
    """

    def __init__(self, address: SinkAddress, secrets: Mapping[str, str]) -> None:
        address.check_options(SECRET_FILE, "landmarks")
        try:
            from websockets.sync import client
        except ImportError as exc:
            raise DependencyMissing("WebSockets need websockets: pip install 'emoar[client]'") from exc
        self._connect: Any = client.connect
        self._shown = address.shown
        self._url = f"{address.scheme}://{address.place}{address.path or '/'}?{urlencode({'role': 'publish'})}"
        key = address.secret(secrets, KEY)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._landmarks = address.flag("landmarks")
        self._is_secure = address.scheme == "wss"
        self._socket: Any = None
        self._closing = ExitStack()

    def open(self) -> None:
        """Connects.

        Raises:
            OutputError: nobody answers, or the server refuses.
        """
        from websockets.exceptions import InvalidMessage, InvalidStatus

        self.close()
        try:
            connecting = self._connect(
                self._url,
                additional_headers=self._headers,
                user_agent_header=f"emoar/{__version__}",
                subprotocols=[_PROTOCOL],
                ssl=ssl.create_default_context() if self._is_secure else None,
                compression=None,
                open_timeout=_OPEN_S,
                close_timeout=_CLOSE_S,
                max_size=_MOST_REPLY_BYTES,
            )
            self._socket = self._closing.enter_context(connecting)
        except InvalidStatus as exc:
            raise OutputError(f"{self._shown} refuses the connection: {_answer(exc.response)}") from exc
        except InvalidMessage as exc:
            raise OutputError(
                f"cannot connect to {self._shown}: no WebSocket is there; is it the other of ws and wss?"
            ) from exc
        except Exception as exc:  # of the network, of TLS and of the protocol
            raise OutputError(f"cannot connect to {self._shown}: {reason_of(exc)}") from exc

    def send(self, events: list[Event], scene: Scene | None) -> None:
        """Sends a message for each event, and one for the scene.

        Raises:
            OutputError: the connection is lost.
        """
        from websockets.exceptions import ConnectionClosed

        texts = [event_text(event) for event in events]
        texts += [scene_text(scene, landmarks=self._landmarks)] if scene is not None else []
        try:
            for text in texts:
                self._socket.send(text)
            self._skip_replies()
        except ConnectionClosed as exc:
            raise OutputError(f"the server closed the connection: {_reason(exc)}") from exc

    def close(self) -> None:
        """Closes the connection."""
        self._closing.close()

    def _skip_replies(self) -> None:
        """Empties the queue of received messages: while it is full, no answer to a ping would be read."""
        while True:
            try:
                self._socket.recv(timeout=0)
            except TimeoutError:
                return


def _answer(response: Any) -> str:
    """Why an HTTP response refuses the handshake; of a problem document its detail."""
    if response.status_code in (401, 403):
        advice = f"set {KEY}, or name a file with ?{SECRET_FILE}="
        return f"{response.status_code} {response.reason_phrase}: is the API key right? ({advice})"
    try:
        return f"{response.status_code}: {json.loads(response.body)['detail']}"
    except (ValueError, TypeError, KeyError):
        return f"{response.status_code} {response.reason_phrase}: is that the address of its socket of events?"


def _reason(exc: Any) -> str:
    return f"{exc.rcvd.code} {exc.rcvd.reason}".strip() if exc.rcvd is not None else "without a reason"
