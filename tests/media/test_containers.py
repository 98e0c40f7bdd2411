"""Containers by their first bytes: what FFmpeg would follow elsewhere is none."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from makers import make_video
from PIL import Image

from emoar.media.containers import HEAD_BYTES, container_of, is_animated, needs_seeking

FFCONCAT = b"\nffconcat version 1.0\nfile /etc/hostname\n"
HLS = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
SDP = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 9 RTP/AVP 96\r\n"
MPD = b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"></MPD>'


@pytest.mark.parametrize(
    ("suffix", "codec", "demuxer"),
    [
        (".mp4", "libx264", "mov,mp4,m4a,3gp,3g2,mj2"),
        (".mov", "libx264", "mov,mp4,m4a,3gp,3g2,mj2"),
        (".mkv", "libx264", "matroska,webm"),
        (".webm", "libvpx", "matroska,webm"),
        (".avi", "mpeg4", "avi"),
        (".ts", "libx264", "mpegts"),
        (".m2ts", "libx264", "mpegts"),
        (".mpg", "mpeg2video", "mpeg"),
        (".m2v", "mpeg2video", "mpegvideo"),
        (".ogv", "libvpx", "ogg"),
        (".flv", "flv1", "flv"),
        (".wmv", "wmv2", "asf"),
        (".mxf", "mpeg2video", "mxf"),
        (".nut", "mpeg4", "nut"),
        (".gif", "gif", "gif"),
        (".apng", "apng", "apng"),
        (".ivf", "libvpx", "ivf"),
        (".h264", "libx264", "h264"),
        (".hevc", "libx265", "hevc"),
        (".m4v", "mpeg4", "mov,mp4,m4a,3gp,3g2,mj2"),
        (".mjpeg", "mjpeg", "mjpeg"),
        (".y4m", "rawvideo", "yuv4mpegpipe"),
    ],
)
def test_containers_as_ffmpeg_names_them(tmp_path: Path, suffix: str, codec: str, demuxer: str) -> None:
    path = tmp_path / f"a{suffix}"
    write(path, codec)
    head = path.read_bytes()[:HEAD_BYTES]
    assert container_of(head) == demuxer
    with av.open(str(path), format=demuxer, options={"protocol_whitelist": "file"}) as container:
        assert len(list(container.decode(video=0))) == 5


def write(path: Path, codec: str) -> None:
    """Five pictures of 64 x 48."""
    pixels = {"gif": "rgb8", "apng": "rgb24", "mjpeg": "yuvj420p"}.get(codec, "yuv420p")
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        for index in range(5):
            image = np.full((48, 64, 3), 40 * index, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pixels)))
        out.mux(stream.encode(None))


@pytest.mark.parametrize("offset", [0, 1, 100, 187])
def test_a_transport_stream_that_begins_inside_a_packet(tmp_path: Path, offset: int) -> None:
    data = make_video(tmp_path / "a.ts").read_bytes()
    assert container_of(data[offset : offset + HEAD_BYTES]) == "mpegts"


def test_a_transport_stream_of_two_packets(tmp_path: Path) -> None:
    data = make_video(tmp_path / "a.ts").read_bytes()
    assert container_of(data[: 2 * 188]) == "mpegts"
    assert container_of(data[:188]) is None


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0",
        bytes(HEAD_BYTES),
        b"Dear diary, " * 100,
        b"GGGG",
        FFCONCAT[1:],
        HLS,
        SDP,
        MPD,
        b"ID3" + bytes([4, 0]) + b"   AV I " + FFCONCAT,
        b"ID3\x04\0AVAVI " + HLS,
        b"G@\n" + SDP,
        b"<!--abcdAVI -->" + MPD,
        b"....AVI " + FFCONCAT,
        b"RIFF....PLAY" + HLS,
        b"FLV\x02" + HLS,
        b"OggX" + FFCONCAT,
        b"\0\0\x01\xff" + FFCONCAT,
        b"#!AMR\n",
        b"--x\r\nContent-Type: text/html\r\n\r\n",
        b"G" * 4 + HLS,
    ],
)
def test_what_is_no_container(head: bytes) -> None:
    assert container_of(head) is None


@pytest.mark.parametrize("disguise", [b"\0\0\0\x18ftypisom", b"RIFF....AVI ", b"OggS\0", b"FLV\x01", b"\0\0\x01\xba"])
@pytest.mark.parametrize("playlist", [FFCONCAT, HLS, SDP, MPD])
def test_a_disguised_playlist_reaches_only_the_demuxer_of_its_disguise(disguise: bytes, playlist: bytes) -> None:
    content = disguise + playlist
    demuxer = container_of(content)
    assert demuxer in ("mov,mp4,m4a,3gp,3g2,mj2", "avi", "ogg", "flv", "mpeg")
    try:
        with av.open(io.BytesIO(content), format=demuxer) as container:
            assert not container.streams.video
            assert container.format.name == demuxer
    except av.error.FFmpegError:
        pass


def test_pictures_in_parts_of_a_camera() -> None:
    head = b"--frame\r\nContent-Length: 3\r\nContent-type: image/jpeg\r\n\r\n\xff\xd8\xff"
    assert container_of(head) == "mpjpeg"


def picture_file(kind: str, count: int) -> bytes:
    pictures = [Image.new("RGB", (16, 12), (40 * i, 60, 20)) for i in range(count)]
    buffer = io.BytesIO()
    more: dict[str, Any] = {"save_all": True, "append_images": pictures[1:], "duration": 100} if count > 1 else {}
    pictures[0].save(buffer, kind, **more)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_which_pictures_move(kind: str) -> None:
    assert not is_animated(picture_file(kind, 1)[:HEAD_BYTES])
    assert is_animated(picture_file(kind, 3)[:HEAD_BYTES])


def test_what_is_no_picture_does_not_move(tmp_path: Path) -> None:
    assert not is_animated(make_video(tmp_path / "a.mp4").read_bytes()[:HEAD_BYTES])
    for nothing in (b"", b"GIF8", b"RIFF", b"\x89PNG", b"\0\0\0\x20ftyp"):
        assert not is_animated(nothing)


@pytest.mark.parametrize(
    ("suffix", "faststart", "expected"), [(".mp4", False, True), (".mp4", True, False), (".mkv", False, False)]
)
def test_which_files_cannot_be_read_in_one_go(tmp_path: Path, suffix: str, faststart: bool, expected: bool) -> None:
    data = make_video(tmp_path / f"a{suffix}", faststart=faststart).read_bytes()
    assert needs_seeking(data[:HEAD_BYTES]) == needs_seeking(data) == expected


def test_a_fragmented_file_is_read_in_one_go() -> None:
    box = b"\0\0\0\x10ftypisom\0\0\0\0"
    assert not needs_seeking(box + b"\0\0\0\x08free\0\0\0\x08moof")
    assert needs_seeking(box + b"\0\0\0\x01mdat" + (1 << 40).to_bytes(8, "big"))
    assert needs_seeking(box + b"\0\0\0\x00mdat")
