"""Reads multipart/form-data (RFC 7578) that is in memory, or in a file that is mapped into it."""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass
from typing import Final

from emoar.server.http.problems import Problem

__all__ = ["Part", "boundary_of", "parse_parts"]

_MOST_PARTS: Final = 64
_MOST_HEADER_BYTES: Final = 4096
_BOUNDARY: Final = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))', re.IGNORECASE)
_PARAMETER: Final = re.compile(r';\s*(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One field of a form."""

    name: str
    file_name: str | None  # None: a plain field
    start: int  # of its content, in the whole body
    end: int


def boundary_of(content_type: str) -> bytes:
    """The boundary that a Content-Type names.

    Raises:
        Problem: it names none.
    """
    found = _BOUNDARY.search(content_type)
    if found is None or not content_type.isascii():
        raise Problem(400, "bad-multipart", "multipart/form-data must name its boundary in the Content-Type")
    return (found[1] or found[2]).encode()


def parse_parts(body: bytes | mmap.mmap, boundary: bytes) -> list[Part]:
    """The parts, by their places in the body.

    Raises:
        Problem: the body is no such form, or is cut short.
    """
    first = b"--" + boundary
    delimiter = b"\r\n" + first
    at = len(first) if body[: len(first)] == first else body.find(delimiter) + len(delimiter)
    if at < len(first):
        raise _bad("its boundary does not occur")
    parts: list[Part] = []
    while body[at : at + 2] != b"--":
        if body[at : at + 2] != b"\r\n":
            raise _bad("a boundary is not followed by a line end")
        head_end = body.find(b"\r\n\r\n", at, at + _MOST_HEADER_BYTES)
        end = body.find(delimiter, at + 2)
        if head_end < 0 or end < head_end:
            raise _bad("it is cut short")
        start = min(head_end + 4, end)
        parts.append(_part(body[at:head_end], start, end))
        if len(parts) > _MOST_PARTS:
            raise _bad(f"it has more than {_MOST_PARTS} parts")
        at = end + len(delimiter)
    return parts


def _part(head: bytes, start: int, end: int) -> Part:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-disposition":
            fields = {k.lower(): v for k, v in _PARAMETER.findall(value.decode("utf-8", "replace"))}
            return Part(fields.get("name", ""), fields.get("filename"), start, end)
    raise _bad("a part has no Content-Disposition")


def _bad(why: str) -> Problem:
    return Problem(400, "bad-multipart", f"this is no valid multipart/form-data: {why}")
