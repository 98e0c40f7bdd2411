"""What a connection that cannot be made is called."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from emoar.events.reasons import reason_of


def wrapped(cause: Exception) -> Exception:
    try:
        raise RuntimeError("of a library") from cause
    except RuntimeError as exc:
        return exc


@pytest.mark.parametrize(
    ("exc", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "no host has this name"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "nobody listens there"),
        (TimeoutError(), "does not answer in time"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "no network leads there"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "does it use TLS on this port"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "Broken pipe"),
        (ValueError("two\nlines"), "two"),
        (ValueError(), "ValueError"),
    ],
)
def test_reasons(exc: Exception, words: str) -> None:
    assert words in reason_of(exc)
    assert "\n" not in reason_of(exc)


def test_a_cause_is_found_behind_the_error_of_a_library() -> None:
    assert "nobody listens" in reason_of(wrapped(ConnectionRefusedError(111, "refused")))
    assert reason_of(wrapped(ValueError("odd"))) == "of a library"


def test_a_certificate_that_is_not_trusted() -> None:
    exc = ssl.SSLCertVerificationError(1, "certificate verify failed")
    exc.verify_message = "self-signed certificate"
    assert reason_of(exc) == (
        "its certificate is not trusted, self-signed certificate: name the file of its authority in SSL_CERT_FILE"
    )
