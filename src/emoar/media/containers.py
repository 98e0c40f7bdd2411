"""Recognises video containers by their first bytes, so that FFmpeg opens a file with that demuxer and no other.

FFmpeg's own probing also recognises playlists and descriptions of streams (HLS, ffconcat, SDP, MPD), also inside a file
of another kind, and opens what they name. A file is therefore opened with `container_of(head)` as its format, or not at
all.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["ACCEPTED", "HEAD_BYTES", "LOCAL_OPTIONS", "container_of", "is_animated", "needs_seeking"]

HEAD_BYTES: Final = 4096  # of a file: `container_of` needs several packets of a transport stream
ACCEPTED: Final = "MP4, MOV, MKV, WebM, AVI, MPEG, TS, Ogg, FLV, WMV, MXF, GIF or MJPEG"
LOCAL_OPTIONS: Final = {"protocol_whitelist": "file"}  # for FFmpeg: a file cannot make it open an address

_MP4: Final = "mov,mp4,m4a,3gp,3g2,mj2"
_MP4_BOXES: Final = frozenset(
    b"ftyp moov mdat wide free skip pnot uuid meta styp sidx moof emsg prfl junk".split()
)  # types of a first box
_RIFF: Final = {b"AVI ": "avi", b"ON2 ": "avi", b"ON2f": "avi", b"AMV ": "avi", b"CDXA": "mpeg", b"WEBP": "webp"}
_MAGIC: Final = (  # first bytes and the name of FFmpeg's demuxer
    (b"\x1a\x45\xdf\xa3", "matroska,webm"),
    (b"OggS\0", "ogg"),
    (b"FLV\x01", "flv"),
    (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "asf"),
    (bytes.fromhex("b7d800203749da11a64e0007e95ead8d"), "wtv"),
    (bytes.fromhex("060e2b34020501010d01020101"), "mxf"),
    (b".RMF\0\0\0", "rm"),
    (b"nut/multimedia container\0", "nut"),
    (b"\x1f\x07\0", "dv"),
    (b"DKIF\0\0", "ivf"),
    (b"YUV4MPEG2 ", "yuv4mpegpipe"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\x89PNG\r\n\x1a\n", "apng"),
    (b"\xff\xd8\xff", "mjpeg"),
    (b"\x12\0\x0a", "obu"),
)
_START_CODE: Final = re.compile(rb"\0{2,64}\x01(.)", re.DOTALL)  # of MPEG streams, perhaps after padding
_BY_START_CODE: Final = {0xBA: "mpeg", 0xB3: "mpegvideo", 0xB0: "m4v"}
_H264_UNITS: Final = frozenset({0x09, 0x27, 0x47, 0x67})  # access unit delimiter, sequence parameters
_HEVC_UNITS: Final = frozenset({0x40, 0x42, 0x46})  # video and sequence parameters, access unit delimiter
_MULTIPART: Final = re.compile(rb"\s*--[^\r\n]{1,80}\r?\n(?:[^\r\n]{1,200}\r?\n){0,8}?Content-Type: *image/jpeg", re.I)
_GIF_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_GIF_NEXT: Final = b"\0\x21\xf9\x04"  # the end of a block, then how long the next picture is shown
_WEBP_ANIMATION: Final = 2  # a flag of the extended format
_TS_PACKET_BYTES: Final = (188, 192, 204)  # plain, with a time stamp (M2TS), with error correction
_TS_PACKETS: Final = 5
_TS_SYNC: Final = 0x47


def container_of(head: bytes) -> str | None:
    """The name of FFmpeg's demuxer for the container that begins with `head` (`HEAD_BYTES` of it, or the whole file).

    None if it is no known container of moving pictures. Pictures that may move (GIF, PNG, WebP, AVIF) and sequences of
    JPEG have one too; a container may still hold nothing but sound.
    """
    if head[4:8] in _MP4_BOXES:
        return _MP4
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    for magic, demuxer in _MAGIC:
        if head.startswith(magic):
            return demuxer
    if (code := _START_CODE.match(head)) is not None:
        return _of_start_code(code[1][0])
    if _MULTIPART.match(head) is not None:
        return "mpjpeg"
    return "mpegts" if _is_transport_stream(head) else None


def is_animated(head: bytes) -> bool:
    """Whether a picture file (GIF, PNG, WebP, AVIF) has several pictures, as far as `head` tells."""
    if head.startswith(b"GIF8"):
        return any(name in head for name in _GIF_LOOPS) or head.count(_GIF_NEXT) > 1
    if head.startswith(b"\x89PNG"):
        return b"acTL" in head.partition(b"IDAT")[0]
    if head[:4] == b"RIFF":
        return head[8:16] == b"WEBPVP8X" and len(head) > 20 and bool(head[20] & _WEBP_ANIMATION)
    return head[4:8] == b"ftyp" and b"avis" in head[8 : min(int.from_bytes(head[:4], "big"), 256)]


def needs_seeking(head: bytes) -> bool:
    """Whether a file with this beginning cannot be read in one go: an MP4 whose index is behind its pictures."""
    if container_of(head) != _MP4:
        return False
    at = 0
    while at + 8 <= len(head):
        size, kind = int.from_bytes(head[at : at + 4], "big"), head[at + 4 : at + 8]
        if kind in (b"moov", b"moof"):
            return False
        if kind == b"mdat":
            return True
        if size == 1:
            size = int.from_bytes(head[at + 8 : at + 16], "big")
        if size < 8:
            break
        at += size
    return True


def _of_start_code(unit: int) -> str | None:
    if unit in _H264_UNITS:
        return "h264"
    return "hevc" if unit in _HEVC_UNITS else _BY_START_CODE.get(unit)


def _is_transport_stream(head: bytes) -> bool:
    """Whether packets follow each other in `head`, which may begin in the middle of one."""
    for size in _TS_PACKET_BYTES:
        for start in range(min(size, len(head))):
            syncs = head[start::size]
            if len(syncs) >= min(_TS_PACKETS, len(head) // size) and len(syncs) > 1 and set(syncs) == {_TS_SYNC}:
                return True
    return False
