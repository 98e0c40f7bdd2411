"""What schemathesis cannot know from the description: which bytes are a picture or a video.

emoar serve &
SCHEMATHESIS_HOOKS=scripts/schemathesis_hooks.py schemathesis run http://127.0.0.1:8000/openapi.json
"""

from __future__ import annotations

import base64
import struct
import zlib

import schemathesis
from hypothesis import strategies as st


def png(width: int, height: int, grey: int) -> bytes:
    """A picture of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([grey]) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


# Two grey pixels. Its container is that of a video: as a file of a form it passes for pictures and for videos.
AVIF = base64.b64decode(
    "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAA"
    "AAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAIAAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEA"
    "AGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAAAgAAAAIAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBAAwA"
    "AAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAAKG1kYXQSAAoIGAA2iAhoNCAyEhxHh4Xd0000wsbA"
    "AJA2IJvX/A=="
)
PICTURES = st.builds(png, st.integers(1, 64), st.integers(1, 64), st.integers(0, 255))
VIDEOS = st.binary(max_size=300).map(lambda rest: b"\0\0\0\x18ftypisom" + rest)  # the container alone is read

for kind in ("image/jpeg", "image/png", "image/webp", "image/avif"):
    schemathesis.openapi.media_type(kind, PICTURES)  # the server goes by the bytes
schemathesis.openapi.media_type("video/mp4", VIDEOS)
schemathesis.openapi.format("binary", st.just(AVIF))
schemathesis.openapi.format("picture-base64", PICTURES.map(lambda data: base64.b64encode(data).decode()))
