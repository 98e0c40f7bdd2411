"""Sends OSC messages over UDP, in bundles that fit into one Ethernet frame."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any, Final

from emoar.errors import DependencyMissing

__all__ = ["Message", "OscBundles"]

Message = tuple[str, tuple[str | int | float, ...]]
"""An address and its values."""

LARGEST: Final = 1400  # bytes; many receivers read no more than 1500 at once, and larger datagrams are cut in pieces
_HEADER, _SIZE = 16, 4  # bytes of a bundle, and before each of its messages


class OscBundles:
    """The way to one receiver. Nobody needs to listen: UDP has no connection.

    Raises:
        DependencyMissing: python-osc is not installed.
    """

    def __init__(self, host: str, port: int) -> None:
        try:
            from pythonosc import osc_bundle_builder, osc_message_builder
        except ImportError as exc:
            raise DependencyMissing("OSC needs python-osc: pip install 'emoar[osc]'") from exc
        self._bundle_builder: Any = osc_bundle_builder
        self._message_builder: Any = osc_message_builder
        self._host, self._port = host, port
        self._socket: socket.socket | None = None

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
        family, kind, _, _, place = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)[0]
        self._socket = socket.socket(family, kind)
        self._socket.connect(place)

    def send(self, messages: Iterable[Message]) -> None:
        """Sends messages in their order, to be applied at once.

        Raises:
            OSError: the network refuses.
        """
        assert self._socket is not None
        bundle, size = self._bundle(), _HEADER
        for address, values in messages:
            message = self._message(address, values)
            if size + _SIZE + message.size > LARGEST and size > _HEADER:
                self._socket.send(bundle.build().dgram)
                bundle, size = self._bundle(), _HEADER
            bundle.add_content(message)
            size += _SIZE + message.size
        if size > _HEADER:
            self._socket.send(bundle.build().dgram)

    def close(self) -> None:
        """Frees the socket. Closing twice is harmless."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _bundle(self) -> Any:
        return self._bundle_builder.OscBundleBuilder(self._bundle_builder.IMMEDIATELY)

    def _message(self, address: str, values: tuple[str | int | float, ...]) -> Any:
        message = self._message_builder.OscMessageBuilder(address)
        for value in values:
            message.add_arg(value)
        return message.build()
