"""Requests that are refused by their header alone, because programs differ in how they read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from websockets.datastructures import Headers
from websockets.http11 import MAX_LINE_LENGTH, MAX_NUM_HEADERS, Request, Response
from websockets.server import ServerProtocol

from emoar.server.http.problems import Problem

__all__ = ["check_framing", "check_handshake"]

_Headers = Sequence[tuple[bytes, bytes]]
_NO_HANDSHAKE: Final = "this is no valid WebSocket handshake"


def check_framing(headers: _Headers, version: str) -> None:
    """Checks what says where the body of a request ends (RFC 9112, section 6); names are in lower case.

    Raises:
        Problem: 400 if it is ambiguous, 501 if it needs an encoding other than `chunked`.
    """
    encodings = [value for name, value in headers if name == b"transfer-encoding"]
    lengths = [value for name, value in headers if name == b"content-length"]
    if not encodings and len(lengths) <= 1:
        return
    if len(encodings) + len(lengths) > 1 or version != "1.1":
        raise Problem(400, "bad-header", "a request must have one Content-Length, or one Transfer-Encoding in HTTP/1.1")
    if encodings[0].strip().lower() != b"chunked":
        raise Problem(501, "unknown-encoding", "send the body as it is, with Transfer-Encoding: chunked or a length")


def check_handshake(method: str, url: bytes, headers: _Headers, version: str) -> None:
    """Checks the handshake of a WebSocket before the protocol changes, after which an error has no clear answer.

    Raises:
        Problem: it is not valid, or longer than the library reads.
    """
    lines = [len(name) + len(value) + 4 for name, value in headers]  # with ": " and the line end
    if len(lines) > MAX_NUM_HEADERS or max(lines, default=0) > MAX_LINE_LENGTH or len(url) + 20 > MAX_LINE_LENGTH:
        raise Problem(431, "long-header", f"{_NO_HANDSHAKE}: its header is too long")
    has_body = any(name in (b"transfer-encoding", b"content-length") and value != b"0" for name, value in headers)
    if method != "GET" or version != "1.1" or has_body:
        raise Problem(400, "bad-handshake", f"{_NO_HANDSHAKE}: send GET in HTTP/1.1, without a body")
    given = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
    response: Response = ServerProtocol().accept(Request(url.decode("latin-1"), given))
    if response.status_code != 101:
        reason = (response.body or b"").decode("latin-1").strip().splitlines()
        raise Problem(response.status_code, "bad-handshake", reason[0] if reason else _NO_HANDSHAKE)
