"""Headers that are refused before anything is read by them; `test_protocol` sends them to a server."""

from __future__ import annotations

import pytest

from emoar.server.http.framing import check_framing, check_handshake
from emoar.server.http.problems import Problem

GOOD = [
    (b"host", b"a"),
    (b"connection", b"keep-alive, Upgrade"),
    (b"upgrade", b"websocket"),
    (b"sec-websocket-version", b"13"),
    (b"sec-websocket-key", b"AAAAAAAAAAAAAAAAAAAAAA=="),
]


def test_a_body_has_one_end() -> None:
    for headers in ([], [(b"content-length", b"4")], [(b"transfer-encoding", b"Chunked ")]):
        check_framing(headers, "1.1")
    for headers, version, status in (
        ([(b"transfer-encoding", b"gzip, chunked")], "1.1", 501),
        ([(b"transfer-encoding", b"chunked")], "1.0", 400),
        ([(b"transfer-encoding", b"chunked"), (b"content-length", b"4")], "1.1", 400),
        ([(b"content-length", b"4")] * 2, "1.1", 400),
    ):
        with pytest.raises(Problem) as caught:
            check_framing(headers, version)
        assert caught.value.status == status


def test_a_handshake() -> None:
    check_handshake("GET", b"/v1/live", GOOD, "1.1")
    check_handshake("GET", b"/v1/live", [*GOOD, (b"content-length", b"0")], "1.1")
    for method, headers, version, status in (
        ("POST", GOOD, "1.1", 400),
        ("GET", GOOD, "1.0", 400),
        ("GET", [*GOOD, (b"content-length", b"1")], "1.1", 400),
        ("GET", [*GOOD, (b"x", b"a" * 9000)], "1.1", 431),
        ("GET", GOOD[:-1], "1.1", 400),
    ):
        with pytest.raises(Problem) as caught:
            check_handshake(method, b"/v1/live", headers, version)
        assert caught.value.status == status
