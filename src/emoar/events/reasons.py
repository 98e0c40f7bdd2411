"""Why a connection cannot be made, in one line that names what to do next."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

__all__ = ["reason_of"]


def reason_of(exc: BaseException) -> str:
    """The reason that an error, or one of those that caused it, gives: host, certificate, port or time."""
    return next((reason for cause in _causes(exc) if (reason := _known(cause))), "") or _text(exc)


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__


def _known(exc: BaseException) -> str:
    if isinstance(exc, socket.gaierror):
        return "no host has this name: check its spelling"
    if isinstance(exc, ssl.SSLCertVerificationError):
        advice = "name the file of its authority in SSL_CERT_FILE"
        return f"its certificate is not trusted, {exc.verify_message.rstrip('.')}: {advice}"
    if isinstance(exc, ssl.SSLError):
        problem = str(getattr(exc, "reason", None) or exc).replace("_", " ").lower()
        return f"TLS fails, {problem}: does it use TLS on this port?"
    if isinstance(exc, ConnectionRefusedError):
        return "nobody listens there: is the other program running, and is the port right?"
    if isinstance(exc, TimeoutError):
        return "it does not answer in time: check the address and the network"
    if isinstance(exc, OSError) and exc.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return "no network leads there: check the address and the network"
    return ""


def _text(exc: BaseException) -> str:
    text = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
    return text.splitlines()[0] if text else type(exc).__name__
