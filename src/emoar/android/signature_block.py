"""The block of signatures in an APK file, between its entries and its directory (APK Signature Scheme v2 and v3).

https://source.android.com/docs/security/features/apksigning/v2 and v3 describe it. Numbers are little-endian;
"prefixed" is a byte string after its length.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = [
    "ECDSA_SHA256",
    "STRIPPING_PROTECTION",
    "V2",
    "V3",
    "Sections",
    "content_digest",
    "join_pairs",
    "prefixed",
    "split_block",
]

V2: Final = 0x7109871A
V3: Final = 0xF05368C0
ECDSA_SHA256: Final = 0x0201  # algorithm of a signature
STRIPPING_PROTECTION: Final = 0xBEEFF00D  # attribute of v2 that names the newer scheme, which must be there too

_MAGIC: Final = b"APK Sig Block 42"
_PADDING: Final = 0x42726577
_PAGE: Final = 4096  # bytes; the block fills whole pages
_CHUNK: Final = 1 << 20  # bytes that are hashed at once
_END: Final = struct.Struct("<4s4H2IH")  # end of the central directory
_END_MAGIC: Final = b"PK\x05\x06"


@dataclass(frozen=True)
class Sections:
    """The parts of an APK file that signatures cover."""

    entries: bytes
    directory: bytes
    end: bytes  # with the directory's position as in the file without a block

    @classmethod
    def of(cls, apk: bytes) -> Sections:
        """Of a file without a block of signatures. Raises ValueError for another file."""
        start, end = _directory(apk)
        return cls(apk[:start], apk[start:end], apk[end:])

    def with_block(self, block: bytes) -> bytes:
        """The file with a block."""
        return self.entries + block + self.directory + _moved(self.end, len(self.entries) + len(block))


def split_block(apk: bytes) -> tuple[Sections, dict[int, bytes]]:
    """The sections of a signed file, and the block's values by their ids. Raises ValueError for another file."""
    start, end = _directory(apk)
    if apk[start - len(_MAGIC) : start] != _MAGIC:
        raise ValueError("it has no block of signatures")
    size = struct.unpack_from("<Q", apk, start - 24)[0]
    first = start - size - 8
    if first < 0 or struct.unpack_from("<Q", apk, first)[0] != size:
        raise ValueError("its block of signatures is damaged")
    return Sections(apk[:first], apk[start:end], _moved(apk[end:], first)), _pairs(apk[first + 8 : start - 24])


def join_pairs(pairs: Sequence[tuple[int, bytes]]) -> bytes:
    """A block of these ids and values."""
    body = b"".join(struct.pack("<QI", len(value) + 4, kind) + value for kind, value in pairs)
    rest = -(len(body) + 32 + 12) % _PAGE  # 32: sizes and mark; 12: the head of the padding
    body += struct.pack("<QI", rest + 4, _PADDING) + bytes(rest)
    size = struct.pack("<Q", len(body) + 24)
    return size + body + size + _MAGIC


def content_digest(sections: Sections) -> bytes:
    """SHA-256 over the SHA-256 of each chunk of the sections."""
    parts = (sections.entries, sections.directory, sections.end)
    chunks = [part[at : at + _CHUNK] for part in parts for at in range(0, len(part), _CHUNK)]
    digests = (hashlib.sha256(b"\xa5" + prefixed(chunk)).digest() for chunk in chunks)
    return hashlib.sha256(b"\x5a" + struct.pack("<I", len(chunks)) + b"".join(digests)).digest()


def prefixed(data: bytes) -> bytes:
    """The data after their length."""
    return struct.pack("<I", len(data)) + data


def _directory(apk: bytes) -> tuple[int, int]:
    """Where the central directory begins and ends."""
    at = apk.rfind(_END_MAGIC)
    if at < 0 or at + _END.size > len(apk):
        raise ValueError("it is no ZIP file")
    *_, size, start, comment = _END.unpack_from(apk, at)
    if start + size != at or at + _END.size + comment != len(apk):
        raise ValueError("its central directory is damaged")
    return start, at


def _moved(end: bytes, start: int) -> bytes:
    return end[:16] + struct.pack("<I", start) + end[20:]


def _pairs(body: bytes) -> dict[int, bytes]:
    pairs: dict[int, bytes] = {}
    at = 0
    while at + 12 <= len(body):
        length, kind = struct.unpack_from("<QI", body, at)
        if length < 4 or at + 8 + length > len(body) or kind in pairs:
            raise ValueError("its block of signatures is damaged")
        pairs[kind] = body[at + 12 : at + 8 + length]
        at += 8 + length
    return pairs
