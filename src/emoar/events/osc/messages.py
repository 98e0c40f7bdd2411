"""OSC messages and bundles as bytes, by the specification of OSC 1.0: https://opensoundcontrol.stanford.edu/spec-1_0"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

__all__ = ["Message", "bundle", "encode"]

Value = str | int | float
Message = tuple[str, tuple[Value, ...]]
"""An address and its values: UTF-8 text, 32-bit integers, 32-bit floats."""

_HEAD: Final = b"#bundle\0" + (1).to_bytes(8, "big")  # 1: to be applied at once


def encode(address: str, values: tuple[Value, ...]) -> bytes:
    """One message."""
    tags = "".join("s" if isinstance(v, str) else "i" if isinstance(v, int) else "f" for v in values)
    if "s" not in tags:
        return _head(address, tags) + struct.pack(">" + tags, *values)
    parts = (_text(v) if isinstance(v, str) else struct.pack(">" + tag, v) for v, tag in zip(values, tags, strict=True))
    return _head(address, tags) + b"".join(parts)


def bundle(messages: Iterable[bytes]) -> bytes:
    """Encoded messages that belong together."""
    return _HEAD + b"".join(len(message).to_bytes(4, "big") + message for message in messages)


@lru_cache(maxsize=4096)
def _head(address: str, tags: str) -> bytes:
    return _text(address) + _text("," + tags)


def _text(text: str) -> bytes:
    """Ends with one to four zeros, so that its length is a multiple of four bytes."""
    content = text.encode()
    return content + bytes(4 - len(content) % 4)
