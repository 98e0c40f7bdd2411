"""TLS: the server's certificate, and the handshake of each connection."""

from __future__ import annotations

import asyncio
import ssl
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable
from typing import Any, Final, cast

from emoar.errors import InputError
from emoar.server.http.connections import Connection, Connections
from emoar.server.settings import Settings

__all__ = ["TlsProtocol", "tls_context"]

_NO_PASSWORD: Final = ""  # never asked on the terminal


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """TLS 1.2 or newer with the certificate of the settings; None without one.

    Raises:
        InputError: the certificate or its key is not usable.
    """
    certificate, key = settings.tls_certificate, settings.tls_key
    if certificate is None or key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    for name, path in (("tls_certificate", certificate), ("tls_key", key)):
        try:
            text = path.read_bytes()
        except OSError as exc:
            raise InputError(f"{name}: cannot read {path} ({exc.strerror})") from exc
        if name == "tls_key" and b"ENCRYPTED" in text:
            raise InputError(f"tls_key: {path} is encrypted: openssl pkey -in {path} -out key.pem removes its password")
    try:
        context.load_cert_chain(certificate, key, _NO_PASSWORD)
    except ssl.SSLError as exc:
        if exc.reason == "KEY_VALUES_MISMATCH":
            raise InputError(f"tls_key: {key} is not the key of the certificate {certificate}: give its own") from exc
        what = "a certificate or key that OpenSSL accepts, in PEM"
        raise InputError(f"tls_certificate, tls_key: {certificate} or {key} is not {what} ({exc.reason})") from exc
    return context


class TlsProtocol(SSLProtocol):
    """asyncio's TLS above a TCP connection that counts from its acceptance on, not only from the end of its handshake.

    The event loop's own TLS shows neither connections that do not complete their handshake, nor the TCP transport and
    what its client has not read. asyncio's class also runs in uvloop.
    """

    def __init__(
        self,
        build: Callable[[Callable[[asyncio.Transport], Connection]], Any],
        context: ssl.SSLContext,
        connections: Connections,
        alive: set[Any],
        seconds: float,
    ) -> None:
        """Prepares it.

        Args:
            build: makes the protocol above TLS; the argument is called with TLS's transport and gives its connection.
            context: the certificate.
            connections: of the server.
            alive: the protocols that uvicorn ends when the server ends.
            seconds: within which the handshake must be complete, and later the exchange that closes TLS.
        """
        limits = {"ssl_handshake_timeout": seconds, "ssl_shutdown_timeout": seconds}
        super().__init__(
            asyncio.get_running_loop(), build(self._begin), context, cast("Any", None), server_side=True, **limits
        )
        self._connections, self._alive = connections, alive
        self._connection: Connection | None = None

    def connection_made(self, transport: Any) -> None:
        self._connection = self._connections.open(transport)
        if self._connection is None:
            transport.abort()  # without TLS there is nothing that the client would understand
            return
        self._alive.add(self)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._alive.discard(self)
        if self._connection is not None:
            self._connections.close(self._connection)
            super().connection_lost(exc)

    def shutdown(self) -> None:
        """Ends a handshake, as uvicorn ends all its protocols."""
        if self._connection is not None:
            self._connection.cut()

    def _begin(self, transport: asyncio.Transport) -> Connection:
        assert self._connection is not None
        self._alive.discard(self)
        self._connection.begin_tls(transport)
        return self._connection
