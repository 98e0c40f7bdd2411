"""Messages between the server and a worker, over the worker's standard input and output.

A message has two lengths (4 bytes each, big-endian), a JSON header and a body of bytes. The header is JSON, not pickle,
because a worker reads hostile pictures, and its messages must not be able to run code in the server.
"""

from __future__ import annotations

import asyncio
import json
import os
import struct
from typing import Any, BinaryIO, Final

__all__ = ["Message", "pack", "read", "receive", "send", "take_pipes"]

Message = tuple[dict[str, Any], bytes]
_LENGTHS: Final = struct.Struct(">II")
_MOST_HEADER_BYTES, _MOST_BODY_BYTES = 1 << 20, 1 << 28  # a drawn picture of 40 MP as PNG has 120 MB


def pack(header: dict[str, Any], body: bytes | memoryview = b"") -> tuple[bytes, bytes | memoryview]:
    """The bytes before the body (both lengths and the header), and the body itself, which is not copied."""
    text = json.dumps(header, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(text), len(body)) + text, body


def read(stream: BinaryIO) -> Message | None:
    """The next message; None at the end of the stream."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    header_bytes, body_bytes = _LENGTHS.unpack(lengths)
    return json.loads(stream.read(header_bytes)), stream.read(body_bytes)


async def receive(stream: asyncio.StreamReader) -> Message:
    """The next message.

    Raises:
        asyncio.IncompleteReadError: the stream has ended.
        ValueError: this is no message; a worker whose decoder was overrun may send anything.
    """
    header_bytes, body_bytes = _LENGTHS.unpack(await stream.readexactly(_LENGTHS.size))
    if header_bytes > _MOST_HEADER_BYTES or body_bytes > _MOST_BODY_BYTES:
        raise ValueError(f"a message has {header_bytes} and {body_bytes} bytes")
    return json.loads(await stream.readexactly(header_bytes)), await stream.readexactly(body_bytes)


def send(results: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    """Writes a message at once."""
    for part in pack(header, body):
        results.write(part)
    results.flush()


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output, reserved for messages.

    What libraries print to standard output is discarded; so is standard error unless EMOAR_WORKER_STDERR is set.
    """
    tasks, results = os.fdopen(os.dup(0), "rb", 1 << 20), os.fdopen(os.dup(1), "wb", 1 << 20)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    if "EMOAR_WORKER_STDERR" not in os.environ:
        os.dup2(nowhere, 2)  # native libraries print banners to it
    return tasks, results
