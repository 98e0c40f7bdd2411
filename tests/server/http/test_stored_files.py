"""Files in several forms: which one a client gets, and what HEAD, ranges and validators answer."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from emoar.server.http.stored_files import StoredFile, accepted_encoding, file_response

CONTENT = b"0123456789" * 20_000
BR = b"the bytes of the br form"


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        (None, ""),
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP;q=1.0, BR;q=0.1", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0 , *", "gzip"),
        ("*", "br"),
        ("*;q=0", ""),
        ("br;q=x, gzip;q=", ""),
        ("deflate", ""),
        (",,;q=1,", ""),
    ],
)
def test_the_best_encoding_that_is_accepted(header: str | None, encoding: str) -> None:
    headers = Headers({} if header is None else {"accept-encoding": header})
    assert accepted_encoding(headers, ["gzip", "br"]) == encoding


def test_no_encoding_that_is_not_offered() -> None:
    assert accepted_encoding(Headers({"accept-encoding": "br, gzip"}), ["gzip"]) == "gzip"
    assert accepted_encoding(Headers({"accept-encoding": "br, gzip"}), []) == ""
    twice = Headers(raw=[(b"accept-encoding", b"gzip"), (b"accept-encoding", b"br")])
    assert accepted_encoding(twice, ["gzip", "br"]) == "br"


def test_some_form_must_be_readable_by_every_client(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="plain"):
        StoredFile(None, "text/css", "1", "no-cache", {"br": tmp_path})


@pytest.fixture(params=["with the plain form", "without it"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> StoredFile:
    """A file in the forms br and gzip, and in the plain one or not."""
    (tmp_path / "a.js").write_bytes(CONTENT)
    (tmp_path / "a.js.br").write_bytes(BR)
    (tmp_path / "a.js.gz").write_bytes(gzip.compress(CONTENT))
    plain = tmp_path / "a.js" if request.param == "with the plain form" else None
    forms = {"br": tmp_path / "a.js.br", "gzip": tmp_path / "a.js.gz"}
    return StoredFile(plain, "text/javascript", "tag", "no-cache", forms)


def _request(file: StoredFile, method: str = "GET", **headers: str) -> tuple[httpx.Response, bytes]:
    """The response and the bytes that were sent, not decoded."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await file_response(Request(scope), file, {"x-other": "1"})(scope, receive, send)

    async def exchange() -> tuple[httpx.Response, bytes]:
        transport = httpx.ASGITransport(app)
        named = {"accept-encoding": "identity", **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://host") as client,
            client.stream(method, "/", headers=named) as response,
        ):
            return response, b"".join([chunk async for chunk in response.aiter_raw()])

    coroutine: Coroutine[Any, Any, tuple[httpx.Response, bytes]] = exchange()
    return asyncio.run(coroutine)


@pytest.mark.parametrize(("accepted", "encoding"), [("identity", None), ("gzip", "gzip"), ("gzip, br", "br")])
def test_each_client_gets_its_form(file: StoredFile, accepted: str, encoding: str | None) -> None:
    response, body = _request(file, accept_encoding=accepted)
    assert response.status_code == 200
    assert response.headers.get("content-encoding") == encoding
    assert {"gzip": gzip.decompress, None: bytes, "br": lambda _: CONTENT}[encoding](body) == CONTENT
    assert int(response.headers["content-length"]) == len(body)
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["etag"] == (f'"tag-{encoding}"' if encoding else '"tag"')
    assert response.headers["x-other"] == "1"


@pytest.mark.parametrize("accepted", ["identity", "gzip", "br"])
def test_head_has_the_headers_of_get(file: StoredFile, accepted: str) -> None:
    response, body = _request(file, "HEAD", accept_encoding=accepted)
    whole, _ = _request(file, accept_encoding=accepted)
    assert (response.status_code, body) == (200, b"")
    assert dict(response.headers) == dict(whole.headers)


@pytest.mark.parametrize(
    ("known", "status"),
    [('"tag-br"', 304), ('W/"tag-br"', 304), ('"other", "tag-br"', 304), ("*", 304), ('"tag"', 200), ("tag-br", 200)],
)
def test_a_client_that_has_this_content_gets_no_body(file: StoredFile, known: str, status: int) -> None:
    response, body = _request(file, accept_encoding="br", if_none_match=known)
    assert (response.status_code, body) == (status, BR if status == 200 else b"")
    assert (response.headers["etag"], response.headers["vary"]) == ('"tag-br"', "Accept-Encoding")


def test_a_range_is_one_of_the_form_that_is_sent(file: StoredFile) -> None:
    response, body = _request(file, accept_encoding="br", range="bytes=4-8")
    assert (response.status_code, body) == (206, BR[4:9])
    assert response.headers["content-range"] == f"bytes 4-8/{len(BR)}"
    assert _request(file, accept_encoding="br", range="bytes=4-8", if_range='"tag-gzip"')[1] == BR
    assert _request(file, accept_encoding="br", range="bytes=900-")[0].status_code == 416


def test_a_plain_range_is_the_range_or_the_whole(file: StoredFile) -> None:
    response, body = _request(file, range="bytes=5-9")
    expected = (206, CONTENT[5:10]) if file.plain else (200, CONTENT)
    assert (response.status_code, body) == expected
    assert ("accept-ranges" in response.headers) == (file.plain is not None)
