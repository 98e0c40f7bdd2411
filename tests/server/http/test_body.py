"""Bodies of requests: their limits, and the pictures in them."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from pictures import encoded
from server_process import URL, Server, Start, connections, post_head
from starlette.requests import Request

from emoar.server.http.body import (
    BodyLimits,
    Upload,
    media_type_of,
    pictures_from_json,
    pictures_in,
    read_chunks,
    read_form,
)
from emoar.server.http.problems import Problem
from emoar.server.settings import Settings

FORM = "multipart/form-data; boundary=x"


def request(chunks: list[bytes], *, ends: bool = True, **headers: str) -> Request:
    """A request whose body arrives in these pieces; one that does not end stays open after the last piece."""
    messages: Iterator[dict[str, Any]] = iter(
        [
            {"type": "http.request", "body": chunk, "more_body": not ends or i < len(chunks) - 1}
            for i, chunk in enumerate(chunks)
        ]
    )

    async def receive() -> dict[str, Any]:
        message = next(messages, None)
        if message is None:
            await asyncio.Event().wait()
        return message or {}

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": named}, receive)


def read(chunks: list[bytes], limits: BodyLimits, **headers: str) -> bytes:
    async def play() -> bytes:
        return b"".join([chunk async for chunk in read_chunks(request(chunks, **headers), limits)])

    return asyncio.run(play())


def test_the_pieces_of_a_body() -> None:
    limits = BodyLimits(5, "max_upload_bytes", 60, 60)
    assert read([b"ab", b"", b"cde"], limits) == b"abcde"
    assert read([b""], limits) == b""
    for chunks, headers in (([b"abc", b"def"], {}), ([b"a"], {"content_length": "6"})):
        with pytest.raises(Problem) as caught:
            read(chunks, limits, **headers)
        assert (caught.value.status, caught.value.limit, caught.value.value) == (413, "max_upload_bytes", 5)


@pytest.mark.parametrize("limits", [BodyLimits(9, "", 60, 0.01), BodyLimits(9, "", 0.01, 60)], ids=["stall", "total"])
def test_a_body_that_stops_is_a_timeout(limits: BodyLimits) -> None:
    async def stalled() -> None:
        async for _ in read_chunks(request([b"a"], ends=False), limits):
            pass

    with pytest.raises(Problem) as caught:
        asyncio.run(stalled())
    assert caught.value.status == 408


@pytest.mark.parametrize(
    ("header", "media_type"),
    [("image/JPEG; q=1", "image/jpeg"), (" text/html ", "text/html"), ("", "")],
)
def test_media_types(header: str, media_type: str) -> None:
    assert media_type_of(request([b""], content_type=header)) == media_type


def test_pictures_of_each_kind_of_body() -> None:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="..\\\\a/b\x07.jpg"\r\n\r\n1\r\n'
        b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n2\r\n--x--\r\n'
    )
    for body, kind, wanted in (
        (b"1", "image/jpeg", [Upload(b"1")]),
        (b"1", "", [Upload(b"1")]),
        (form, FORM, [Upload(b"1", "b.jpg")]),
        (b'{"images": ["MQ==", "data:image/png;base64,Mg=="]}', "application/json", [Upload(b"1"), Upload(b"2")]),
    ):
        assert asyncio.run(pictures_in(request([body], content_type=kind), Settings())) == wanted


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [(b"1", "text/html", 415), (b"", "image/png", 422), (b"--x--\r\n", FORM, 422), (b"--x\r\n", FORM, 400)],
)
def test_bodies_without_a_picture(body: bytes, kind: str, status: int) -> None:
    with pytest.raises(Problem) as caught:
        asyncio.run(pictures_in(request([body], content_type=kind), Settings()))
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (b"{", "bad-json"),
        (b'{"image": "a', "bad-json"),
        ('{"image": ""}'.encode("utf-16"), "bad-json"),
        (b"\xff", "bad-json"),
        (b"[]", "no-picture"),
        (b'{"image": 1}', "no-picture"),
        (b'{"image": "MQ==", "b": 1}', "no-picture"),
        (b'{"image": "?"}', "bad-base64"),
        (b'{"image": "data:image/png,x"}', "bad-base64"),
    ],
)
def test_wrong_json(document: bytes, kind: str) -> None:
    with pytest.raises(Problem) as caught:
        pictures_from_json(document, 16)
    assert caught.value.kind == kind


DATA = bytes(range(256)) * 3 + b"ab"
STANDARD = base64.b64encode(DATA).decode()
LENIENT = {
    "standard": STANDARD,
    "MIME": base64.encodebytes(DATA).decode(),
    "MIME with carriage returns": base64.encodebytes(DATA).decode().replace("\n", "\r\n"),
    "URL-safe": base64.urlsafe_b64encode(DATA).decode(),
    "without padding": STANDARD.rstrip("="),
    "URL-safe without padding": base64.urlsafe_b64encode(DATA).decode().rstrip("="),
    "spaces around": f"  {STANDARD}\t",
    "data address": f"data:image/jpeg;base64,{STANDARD}",
    "data address in capitals": f"DATA:image/jpeg;BASE64,{STANDARD}",
    "data address, escaped": "data:image/jpeg;base64," + STANDARD.replace("+", "%2B").replace("=", "%3D"),
}


@pytest.mark.parametrize("text", LENIENT.values(), ids=LENIENT)
def test_base64_in_every_usual_form(text: str) -> None:
    assert pictures_from_json(json.dumps({"image": text}).encode(), 16) == [Upload(DATA)]


@pytest.mark.parametrize("text", ["A", "AAAAA", "AA=A", "=AAA", "AAA!", "AA\x0bA", "äAAA", "AAAA,AAAA", "AA\0A"])
def test_what_is_no_base64(text: str) -> None:
    with pytest.raises(Problem) as caught:
        pictures_from_json(json.dumps({"image": text}).encode(), 16)
    assert caught.value.kind == "bad-base64"


MANY = {
    "empty texts": (b'{"images":[' + b'"",' * 3_000_000 + b'""]}', "too-many-pictures"),
    "texts": (b'{"images":[' + b'"AAAA",' * 1_400_000 + b'""]}', "too-many-pictures"),
    "lists": (b'{"images":[' + b"[]," * 3_000_000 + b"[]]}", "no-picture"),
    "other lists": (b'{"x":[' + b"[]," * 3_000_000 + b"[]]}", "no-picture"),
    "fields": (b"{" + b'"a":1,' * 1_500_000 + b'"a":1}', "no-picture"),
    "deep": (b"[" * 9_000_000, "no-picture"),
}


@pytest.mark.parametrize(("document", "kind"), MANY.values(), ids=MANY)
def test_millions_of_pictures_cost_little(document: bytes, kind: str) -> None:
    started = time.process_time()
    with pytest.raises(Problem) as caught:
        pictures_from_json(document, 16)
    assert caught.value.kind == kind
    assert time.process_time() - started < 2  # tens of milliseconds; decoding each took 7 s


def test_a_form_is_refused_before_its_file_is_kept() -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nsecret\r\n'
    file = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    given: list[dict[str, bytes]] = []

    def admit(fields: Any) -> None:
        given.append(fields)
        if fields.get("key") != b"secret":
            raise Problem(401, "no-key", "no")

    limits = BodyLimits(10_000_000, "max_upload_bytes", 60, 60)
    form = request([head + file, b"abc", b"\r\n--x--\r\n"], content_type=FORM)
    assert [data for _, data in asyncio.run(read_form(form, limits, admit))] == [b"secret", b"abc"]
    for chunks in ([file + b"a"], [head.replace(b"secret", b"other") + file + b"a"]):
        with pytest.raises(Problem, match="401"):
            asyncio.run(read_form(request(chunks, ends=False, content_type=FORM), limits, admit))
    assert len(given) == 3
    with pytest.raises(Problem) as caught:
        asyncio.run(read_form(request([head + bytes(20_000)], ends=False, content_type=FORM), limits))
    assert caught.value.status == 413


@pytest.fixture(scope="module")
def small(start: Start) -> Server:
    """A server with limits that are easily reached."""
    return start(max_upload_bytes=200_000, max_pixels=400_000, max_pictures=2, upload_s=2)


@pytest.mark.parametrize("chunked", [False, True])
def test_too_many_bytes(small: Server, chunked: bool) -> None:
    data = b"\xff\xd8\xff" + bytes(300_000)
    with small.client() as http:
        response = http.post(URL, content=iter([data]) if chunked else data)
    assert response.status_code == 413
    assert (response.json()["limit"], response.json()["value"]) == ("max_upload_bytes", 200_000)


def test_too_many_pixels_and_pictures(small: Server) -> None:
    with small.client() as http:
        response = http.post(URL, content=encoded(np.zeros((700, 700, 3), np.uint8), ".png"))
        assert (response.status_code, response.json()["limit"]) == (422, "max_pixels")
        little = encoded(np.zeros((20, 30, 3), np.uint8))
        response = http.post(URL, files=[("file", little)] * 3)
        assert (response.status_code, response.json()["limit"]) == (422, "max_pictures")


def test_a_slow_upload_is_cut_and_others_are_served(small: Server, jpeg: bytes) -> None:
    stop = threading.Event()

    def drip(slow: list[Any]) -> None:
        with suppress(OSError):
            while not stop.wait(0.3):
                for connection in slow:
                    connection.send(b"0")

    with connections(small, 3) as slow:
        for connection in slow:
            connection.sendall(post_head(100_000) + b"\xff\xd8\xff")
        thread = threading.Thread(target=drip, args=(slow,))
        thread.start()
        with small.client() as http:
            assert http.post(URL, content=jpeg).status_code == 200
        response = slow[0].recv(4096)
        stop.set()
        thread.join()
    assert b" 408 " in response.partition(b"\r\n")[0]
