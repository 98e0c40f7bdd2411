"""Sends OSC messages over UDP, in bundles that fit into one Ethernet frame."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any, Final

from emoar.events.osc.messages import Message, bundle, encode

__all__ = ["OscBundles"]

LARGEST: Final = 1400  # bytes; many receivers read no more than 1500 at once, and larger datagrams are cut in pieces
_HEADER, _SIZE = 16, 4  # bytes of a bundle, and before each of its messages


class OscBundles:
    """The way to one receiver. Nobody needs to listen: UDP has no connection."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._socket: socket.socket | None = None
        self._place: Any = None

    @property
    def is_open(self) -> bool:
        """Whether `send` may be called."""
        return self._socket is not None

    def open(self) -> None:
        """Resolves the host.

        Raises:
            OSError: the host is not known.
        """
        self.close()
        family, kind, _, _, self._place = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)[0]
        self._socket = socket.socket(family, kind)  # not connected: that would fail where nobody listens yet

    def send(self, messages: Iterable[Message]) -> None:
        """Sends messages in their order, to be applied at once.

        Raises:
            OSError: the network refuses.
        """
        waiting: list[bytes] = []
        size = _HEADER
        for message in messages:
            encoded = encode(*message)
            if waiting and size + _SIZE + len(encoded) > LARGEST:
                self._send(waiting)
                waiting, size = [], _HEADER
            waiting.append(encoded)
            size += _SIZE + len(encoded)
        if waiting:
            self._send(waiting)

    def close(self) -> None:
        """Frees the socket. Closing twice is harmless."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _send(self, messages: list[bytes]) -> None:
        assert self._socket is not None
        self._socket.sendto(bundle(messages), self._place)
