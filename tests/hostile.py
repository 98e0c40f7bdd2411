"""Two hundred requests that no honest client sends, generated from nothing or from a good picture."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from pictures import encoded


@dataclass(frozen=True)
class Hostile:
    """One request and its name."""

    name: str
    content: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "image/jpeg"})
    query: str = ""


def hostile_requests() -> list[Hostile]:
    """All of them, always the same."""
    makers = (_cut_short, _wrong_magic, _huge, _bombs, _polyglots, _damaged, _json, _base64, _forms, _headers)
    return [request for make in makers for request in make()]


def good() -> dict[str, bytes]:
    """Small good pictures by format."""
    rng = np.random.default_rng(5)
    image = rng.integers(0, 255, (60, 80, 3)).astype(np.uint8)
    return {
        suffix: encoded(image, suffix)
        for suffix in (".jpg", ".png", ".webp", ".bmp", ".tiff", ".gif", ".avif", ".heic")
    }


def _cut_short() -> Iterator[Hostile]:
    for suffix, data in good().items():
        for share in (0.02, 0.2, 0.5, 0.9):
            if suffix in (".bmp", ".gif") and share == 0.9:  # every viewer shows the part that is there
                continue
            yield Hostile(f"{suffix} cut at {share:.0%}", data[: int(share * len(data))])


def _wrong_magic() -> Iterator[Hostile]:
    texts = {
        "html": b"<!doctype html><script>alert(1)</script>",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "svg with entities": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>',
        "pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF",
        "postscript": b"%!PS\n(/etc/passwd) (r) file",
        "elf": b"\x7fELF" + bytes(100),
        "exe": b"MZ" + bytes(100),
        "script": b"#!/bin/sh\nrm -rf /\n",
        "python": b"import os; os.abort()",
        "gzip": b"\x1f\x8b\x08" + bytes(50),
        "mp4": b"\0\0\0\x18ftypisom" + bytes(100),
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
        "jxl": b"\xff\x0a" + bytes(50),
        "psd": b"8BPS\0\1" + bytes(50),
        "ico": b"\0\0\1\0\1\0" + bytes(50),
        "mvg": b"push graphic-context\nimage over 0,0 0,0 'url(https://example.org)'\npop graphic-context",
        "text": b"hello",
        "nothing but zeros": bytes(5000),
        "nothing but ones": b"\xff" * 5000,
        "one byte": b"\xff",
        "empty": b"",
        "utf-16": "picture".encode("utf-16"),
        "playlist": b"#EXTM3U\nfile:///etc/passwd\n",
    }
    for name, data in texts.items():
        yield Hostile(f"{name} as a picture", data)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a" * 300, bytes(3_000_000))
    yield Hostile("zip bomb", archive.getvalue())
    for suffix, data in good().items():
        yield Hostile(f"{suffix} without its first byte", data[1:])
        yield Hostile(f"{suffix} behind a line end", b"\r\n" + data)


def _png(width: int, height: int, rows: bytes = b"", colour: int = 2, depth: int = 8) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _huge() -> Iterator[Hostile]:
    for width, height in ((100_000, 100_000), (2**31 - 1, 2**31 - 1), (2**32 - 1, 1), (1, 2**32 - 1), (50_000, 900)):
        yield Hostile(f"png of {width} x {height}", _png(width, height))
    for width, height in ((0, 0), (0, 10), (10, 0)):
        yield Hostile(f"png of {width} x {height}", _png(width, height))
    for suffix, at, layout, sizes in (
        (".bmp", 18, "<ii", ((2**31 - 1, 2**31 - 1), (-5, 7), (100_000, -100_000), (0, 0))),
        (".gif", 6, "<HH", ((65_535, 65_535),)),
    ):
        for width, height in sizes:
            data = bytearray(good()[suffix])
            struct.pack_into(layout, data, at, width, height)
            yield Hostile(f"{suffix} of {width} x {height}", bytes(data))
    jpeg = bytearray(good()[".jpg"])
    at = jpeg.index(b"\xff\xc0") + 5
    for width, height in ((65_535, 65_535), (0, 0), (0, 60), (60_000, 8_000)):
        struct.pack_into(">HH", jpeg, at, height, width)
        yield Hostile(f"jpeg of {width} x {height}", bytes(jpeg))
    for suffix in (".avif", ".heic"):
        data = good()[suffix]
        at = data.index(b"ispe") + 8
        for width, height in ((2**32 - 1, 2**32 - 1), (0, 0), (70_000, 70_000)):
            yield Hostile(
                f"{suffix} of {width} x {height}", data[:at] + struct.pack(">II", width, height) + data[at + 8 :]
            )
    heic = good()[".heic"]
    for old, new in ((b"hvcC", b"free"), (b"hvc1", b"grid"), (b"pitm", b"free"), (b"iloc", b"free")):
        yield Hostile(f"heic with {new!r} for {old!r}", heic.replace(old, new))
    large = encoded(np.zeros((900, 900, 3), np.uint8), ".heic")
    at = large.index(b"ispe") + 8
    yield Hostile("heic larger than its header", large[:at] + struct.pack(">II", 9, 9) + large[at + 8 :])


def _bombs() -> Iterator[Hostile]:
    yield Hostile("png bomb", _png(30_000, 30_000, bytes(9_000_000)))
    yield Hostile("png with rows for another size", _png(5000, 5000, bytes(1000)))
    yield Hostile("png with a wrong depth", _png(10, 10, bytes(400), depth=3))
    yield Hostile("png with a wrong colour type", _png(10, 10, bytes(400), colour=5))
    small = good()[".png"]
    at = small.index(b"IDAT") - 4
    yield Hostile("png with a chunk of 4 GB", small[:at] + b"\xff\xff\xfe\x89" + small[at + 4 :])
    yield Hostile("a body over the limit", b"\xff\xd8\xff" + bytes(10_100_000))
    webp = bytearray(good()[".webp"])
    webp[4:8] = struct.pack("<I", 2**32 - 20)
    yield Hostile("webp that claims to be 4 GB", bytes(webp))


def _polyglots() -> Iterator[Hostile]:
    for name, tail in (
        ("html", b"<script>alert(1)</script>"),
        ("zip", b"PK\3\4" + bytes(60)),
        ("php", b"<?php die();"),
    ):
        for magic in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"RIFF\0\0\0\0WEBP", b"II*\0"):
            yield Hostile(f"{name} behind {magic[:4]!r}", magic + tail)


def _damaged() -> Iterator[Hostile]:
    rng = np.random.default_rng(11)
    for suffix, data in good().items():
        for turn in range(4):
            noise = rng.integers(0, 255, len(data)).astype(np.uint8).tobytes()
            yield Hostile(f"{suffix} of noise {turn}", data[:16] + noise[16:])


def _json() -> Iterator[Hostile]:
    bodies = {
        "nothing": b"",
        "cut short": b'{"image": "',
        "not UTF-8": b'{"image": "\xff\xfe"}',
        "UTF-16": '{"image": ""}'.encode("utf-16"),
        "a list": b"[]",
        "a number": b"1e999",
        "null": b"null",
        "no image": b"{}",
        "image of null": b'{"image": null}',
        "image of a list": b'{"image": ["a"]}',
        "images of text": b'{"images": "a"}',
        "images of numbers": b'{"images": [1, 2]}',
        "no images": b'{"images": []}',
        "too many images": json.dumps({"images": ["AAAA"] * 50}).encode(),
        "deep": b"[" * 100_000,
        "deep objects": b'{"image":' * 50_000,
        "NaN": b'{"image": NaN}',
        "a path": b'{"image": "/etc/passwd"}',
        "an address": b'{"image": "http://127.0.0.1:1/"}',
        "two documents": b"{}{}",
        "a very long number": b'{"image": ' + b"9" * 10_000 + b"}",
        "lone surrogate": b'{"image": "\\ud800"}',
        "zero": b'{"image": "\\u0000"}',
    }
    for name, body in bodies.items():
        yield Hostile(f"JSON: {name}", body, {"content-type": "application/json"})


def _base64() -> Iterator[Hostile]:
    text = base64.b64encode(good()[".jpg"]).decode()
    texts = {
        "junk within": text[:40] + "!?*" + text[40:],
        "cut in the middle": text[: len(text) // 8 * 4],
        "padding within": text[:40] + "==" + text[40:],
        "url alphabet": "_-" + text,
        "twice": base64.b64encode(text.encode()).decode(),
        "empty": "",
        "data address without base64": "data:image/jpeg,hello",
        "data address of nothing": "data:image/jpeg;base64,",
        "not ASCII": "äöü" + text,
    }
    for name, value in texts.items():
        yield Hostile(f"base64: {name}", json.dumps({"image": value}).encode(), {"content-type": "application/json"})


def _forms() -> Iterator[Hostile]:
    form = {"content-type": "multipart/form-data; boundary=x"}
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    picture = good()[".jpg"]
    bodies = {
        "empty": b"",
        "end alone": b"--x--\r\n",
        "no end": head + picture,
        "another boundary": (head + picture + b"\r\n--x--").replace(b"--x", b"--y"),
        "a field, no file": b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--x--\r\n',
        "an empty file": head + b"\r\n--x--\r\n",
        "no disposition": b"--x\r\nContent-Type: image/jpeg\r\n\r\n" + picture + b"\r\n--x--\r\n",
        "an endless header": b"--x\r\n" + b"a: b\r\n" * 5000 + b"\r\n\r\n--x--",
        "hundreds of parts": head + (picture + b"\r\n" + head) * 300 + b"\r\n--x--",
        "text as a file": head + b"hello" + b"\r\n--x--\r\n",
        "binary rubbish": bytes(range(256)) * 20,
    }
    for name, body in bodies.items():
        yield Hostile(f"form: {name}", body, form)
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary="',
        "multipart/mixed; boundary=x",
    ):
        yield Hostile(f"form of type {kind!r}", head + picture + b"\r\n--x--\r\n", {"content-type": kind})


def _headers() -> Iterator[Hostile]:
    picture = good()[".jpg"]
    for kind in (
        "text/html",
        "application/zip",
        "video/mp4",
        "image/svg+xml",
        "text/plain; charset=utf-7",
        "/",
        "application/xml",
    ):
        yield Hostile(f"type {kind!r}", b"<svg/>" if "svg" in kind else picture, {"content-type": kind})
    for query in (
        "mode=film",
        "mode=",
        "max_faces=-1",
        "max_faces=1e9",
        "max_faces=99999999999999999999",
        "landmarks=2",
        "label_set=../../etc/passwd",
        "label_set=%00",
        "label_set=__class__",
        "overlays=label;quote",
        "overlays=" + "label," * 50,
        "overlays=%ff",
        "label_set=" + "a" * 5000,
    ):
        yield Hostile(f"query {query[:40]!r}", picture, query=query)
