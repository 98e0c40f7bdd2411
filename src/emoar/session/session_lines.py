"""Reads what lies in a session file: lines of JSON in gzip, up to the last whole one."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterable
from typing import Any, Final

__all__ = ["GZIP", "gzip_lines"]

GZIP: Final = 31  # of zlib: with gzip's header and checksum
_CHUNK: Final = 1 << 18


def gzip_lines(chunks: Iterable[bytes]) -> Generator[bytes, None, bool]:
    """The whole lines in a gzip file, given in chunks, up to where it is cut off or damaged.

    Returns:
        Whether the file ends as its writer ended it.
    """
    unpack, rest = zlib.decompressobj(GZIP), b""
    for chunk in chunks:
        packed = chunk
        while packed:
            if unpack.eof:  # the next member
                unpack = zlib.decompressobj(GZIP)
            before = unpack.copy()
            try:
                rest += unpack.decompress(packed, _CHUNK)
            except zlib.error:  # a power cut leaves zeros: what lies before them is good
                yield from (rest + _up_to_the_damage(before, packed)).split(b"\n")[:-1]
                return False
            packed = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
            *lines, rest = rest.split(b"\n")
            yield from lines
    return unpack.eof and not rest


def _up_to_the_damage(unpack: Any, packed: bytes) -> bytes:
    good = b""
    try:
        for at in range(len(packed)):
            good += unpack.decompress(packed[at : at + 1])
    except zlib.error:
        pass
    return good
