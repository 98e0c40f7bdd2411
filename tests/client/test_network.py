"""The client's certificates and connection errors; `tests/server/http/test_tls.py` connects to a server with TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from server_process import write_certificate

from emoar.client.network import connection_errors, httpx_library, tls_context
from emoar.errors import InputError, ServerError


def test_only_https_needs_certificates(tmp_path: Path) -> None:
    assert tls_context("http://a.example", tmp_path / "none.pem") is None
    assert isinstance(tls_context("HTTPS://a.example", None), ssl.SSLContext)
    context = tls_context("https://a.example", write_certificate(tmp_path))
    assert context is not None
    assert (context.verify_mode, len(context.get_ca_certs())) == (ssl.CERT_REQUIRED, 1)


@pytest.mark.parametrize("content", [None, b"", b"rubbish", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_files_without_a_certificate(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    with pytest.raises(InputError, match="ca_file"):
        tls_context("https://a.example", tmp_path / "ca.pem")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError("refused"), "does not answer (refused)"),
        (TimeoutError(), "does not answer (TimeoutError)"),
        (httpx_library().ConnectError("CERTIFICATE_VERIFY_FAILED"), "is not trusted"),
    ],
)
def test_errors_of_the_connection(error: Exception, words: str) -> None:
    with pytest.raises(ServerError) as caught, connection_errors("https://a.example"):
        raise error
    assert words in str(caught.value)
