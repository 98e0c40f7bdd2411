"""The client's HTTP library, the certificates that it trusts, and the errors of its connections."""

from __future__ import annotations

import ssl
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from emoar.errors import DependencyMissing, InputError, ServerError

__all__ = ["connection_errors", "httpx_library", "tls_context"]


def httpx_library() -> Any:
    """The module `httpx`.

    Raises:
        DependencyMissing: it is not installed.
    """
    try:
        return import_module("httpx")
    except ImportError as exc:
        raise DependencyMissing("the client needs httpx: pip install 'emoar[client]'") from exc


def tls_context(url: str, ca_file: str | Path | None) -> ssl.SSLContext | None:
    """TLS for an https address, for requests and live sockets alike; None for other addresses.

    It trusts the authorities in `ca_file`; without one the public ones, or those of the environment's `SSL_CERT_FILE`.

    Raises:
        InputError: the file cannot be read or has no certificate.
    """
    if not url.lower().startswith("https:"):
        return None
    try:
        return httpx_library().create_ssl_context() if ca_file is None else ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError as exc:
        raise InputError(f"ca_file: {ca_file or 'SSL_CERT_FILE'} has no certificate in PEM ({exc.reason})") from exc
    except OSError as exc:
        raise InputError(f"ca_file: cannot read {ca_file or 'SSL_CERT_FILE'} ({exc.strerror})") from exc


@contextmanager
def connection_errors(url: str) -> Generator[None]:
    """Translates errors of the connection into `ServerError`."""
    try:
        yield
    except (httpx_library().HTTPError, OSError, TimeoutError) as exc:
        why = str(exc) or type(exc).__name__
        if "CERTIFICATE_VERIFY_FAILED" in why:
            advice = "give the file of its authority as ca_file, or as SSL_CERT_FILE"
            raise ServerError(f"the certificate of {url} is not trusted ({why}): {advice}") from exc
        raise ServerError(f"{url} does not answer ({why}): is emoar serve running there?") from exc
