"""Reads the binary form of XML in which an APK file has its manifest (ResourceTypes.h of Android)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Element", "read_elements"]

_DOCUMENT, _STRINGS, _ELEMENT = 0x0003, 0x0001, 0x0102  # kinds of chunks
_UTF8: Final = 0x100
_NONE: Final = 0xFFFFFFFF
_STRING_VALUE: Final = 0x03


@dataclass(frozen=True)
class Element:
    """A start tag: its name, and its attributes by their names without namespace."""

    name: str
    attributes: dict[str, str | int]  # texts; numbers, booleans and references as numbers


def read_elements(data: bytes) -> list[Element]:
    """The start tags of a document, in their order.

    Raises:
        ValueError: it is no such document, or damaged.
    """
    try:
        kind, head, size = struct.unpack_from("<HHI", data)
        if kind != _DOCUMENT or size != len(data):
            raise ValueError("the manifest is no binary XML")
        strings: list[str] = []
        elements: list[Element] = []
        for kind, chunk in _chunks(data, head):
            if kind == _STRINGS:
                strings = _strings(chunk)
            elif kind == _ELEMENT:
                elements.append(_element(chunk, strings))
        return elements
    except (struct.error, IndexError, UnicodeDecodeError) as exc:
        raise ValueError("the manifest is damaged") from exc


def _chunks(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at < len(data):
        kind, _, size = struct.unpack_from("<HHI", data, at)
        if size < 8 or at + size > len(data):
            raise ValueError("the manifest is damaged")
        yield kind, data[at : at + size]
        at += size


def _strings(chunk: bytes) -> list[str]:
    head, _, count, _, flags, start = struct.unpack_from("<HI4I", chunk, 2)
    offsets = struct.unpack_from(f"<{count}I", chunk, head)
    read = _utf8 if flags & _UTF8 else _utf16
    return [read(chunk, start + offset) for offset in offsets]


def _utf16(chunk: bytes, at: int) -> str:
    length = int.from_bytes(chunk[at : at + 2], "little")
    at += 2
    if length & 0x8000:
        length = (length & 0x7FFF) << 16 | int.from_bytes(chunk[at : at + 2], "little")
        at += 2
    return chunk[at : at + 2 * length].decode("utf-16-le")


def _utf8(chunk: bytes, at: int) -> str:
    _, at = _utf8_length(chunk, at)  # in characters
    length, at = _utf8_length(chunk, at)  # in bytes
    return chunk[at : at + length].decode()


def _utf8_length(chunk: bytes, at: int) -> tuple[int, int]:
    """A length of one or two bytes, and where it ends."""
    if chunk[at] & 0x80:
        return (chunk[at] & 0x7F) << 8 | chunk[at + 1], at + 2
    return chunk[at], at + 1


def _element(chunk: bytes, strings: list[str]) -> Element:
    # after the chunk's head of 16 bytes: namespace, name; then where attributes begin, the size of each, their number
    name, start, size, count = struct.unpack_from("<4xI3H", chunk, 16)
    attributes: dict[str, str | int] = {}
    for i in range(count):
        key, raw, kind, value = struct.unpack_from("<4xII3xBI", chunk, 16 + start + i * size)
        text = raw if raw != _NONE else value
        attributes[strings[key]] = strings[text] if raw != _NONE or kind == _STRING_VALUE else value
    return Element(strings[name], attributes)
