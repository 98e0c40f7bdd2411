"""Containers by their first bytes: what FFmpeg would follow elsewhere is none."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from makers import make_video

from emoar.media.containers import HEAD_BYTES, container_of

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
        (".ogv", "libtheora", "ogg"),
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
    try:
        write(path, codec)
    except (ValueError, av.error.FFmpegError):
        pytest.skip(f"this PyAV cannot write {codec} into {suffix}")
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
