"""Addresses: which are read, what is shown of them, and what happens where nothing answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from makers import make_video
from web_files import served

from emoar.errors import CameraError, MediaError
from emoar.media import addresses
from emoar.media.addresses import Address, address_in, is_live, network_options, with_demuxer
from emoar.media.sinks import write_image
from emoar.media.sources import open_frames
from emoar.media.video.source import VideoSource
from emoar.media.video_sink import VideoSink


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://a.example/x.mp4", "http://a.example/x.mp4"),
        ("HTTPS://a.example/x.mp4?q=1", "https://a.example/x.mp4?q=1"),
        ("rtsp://u:p@10.0.0.1:554/s", "rtsp://u:p@10.0.0.1:554/s"),
        (Path("http://a.example/x.mp4"), "http://a.example/x.mp4"),  # a path loses a slash
        (Path("rtsp://a.example"), "rtsp://a.example"),
        ("udp://0.0.0.0:1234", "udp://0.0.0.0:1234"),
    ],
)
def test_addresses(text: str | Path, url: str) -> None:
    assert address_in(text) == Address(url)


@pytest.mark.parametrize(
    "text", ["a.mp4", "C:/clip.mp4", "C:\\clip.mp4", "a:b", "/http://x", "./http://x", "", "concat:a"]
)
def test_paths(text: str) -> None:
    assert address_in(text) == Path(text)


def test_a_file_that_is_named_like_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("http:").mkdir()
    Path("http:/a.mp4").write_bytes(b"1")
    assert address_in(Path("http://a.mp4")) == Path("http:/a.mp4")


def test_a_file_as_an_address(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a b.mp4", count=3)
    assert address_in(f"file://{str(path).replace(' ', '%20')}") == path
    assert len(list(open_frames(f"file://{path}"))) == 3


@pytest.mark.parametrize("text", ["ftp://a/x", "data://x", "concat://a|b", "gopher://x", "s3://bucket/x.mp4"])
def test_other_schemes(text: str) -> None:
    with pytest.raises(MediaError, match="addresses may begin with http://, https://, rtsp://"):
        address_in(text)


@pytest.mark.parametrize("text", ["http://", "http://[::1", "http://a:99999999/x", "rtsp:///"])
def test_incomplete_addresses(text: str) -> None:
    with pytest.raises(MediaError, match="is no complete address"):
        address_in(text)


def test_secrets_are_not_shown() -> None:
    assert Address("rtsp://user:pa@ss@cam.example:554/live?token=1#x").shown == "rtsp://cam.example:554/live"


def test_what_is_live() -> None:
    live = [is_live(Address(f"{name}://x")) for name in ("http", "https", "rtsp", "rtmp", "udp", "tcp")]
    assert live == [False, False, True, True, True, True]


def test_no_address_can_make_ffmpeg_open_a_file() -> None:
    for scheme in ("http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "tcp", "udp"):
        for demuxer in (None, "hls"):
            allowed = network_options(Address(f"{scheme}://x", demuxer))["protocol_whitelist"].split(",")
            assert not {"file", "concat", "data", "pipe", "subfile"} & set(allowed)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and its address."""
    with served(tmp_path) as url:
        yield tmp_path, url


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".gif"])
def test_files_on_the_web(web: tuple[Path, str], suffix: str) -> None:
    folder, url = web
    if suffix == ".gif":
        from PIL import Image

        pictures = [Image.fromarray(np.full((48, 64), 12 * i, np.uint8)) for i in range(20)]
        pictures[0].save(folder / "a.gif", save_all=True, append_images=pictures[1:], duration=50)
    else:
        make_video(folder / f"a{suffix}", count=20)
    for source in (f"{url}/a{suffix}", f"{url}/a{suffix}?token=1", Path(f"{url}/a{suffix}")):
        with open_frames(source) as frames:
            assert len(list(frames)) == 20
            assert frames.name == f"a{suffix}"
            assert frames.problem is None


def test_sound_of_the_web(web: tuple[Path, str]) -> None:
    from makers import read_sound

    folder, url = web
    make_video(folder / "a.mp4", count=60, sound="aac")
    with open_frames(f"{url}/a.mp4") as frames, VideoSink(folder / "out.mp4", audio_from=frames) as sink:
        for frame in frames:
            sink.write_image(frame.image, frame.time_s)
    assert read_sound(folder / "out.mp4")[1] == pytest.approx(2.0, abs=0.1)


def test_a_picture_on_the_web(web: tuple[Path, str]) -> None:
    folder, url = web
    write_image(folder / "a.png", np.full((6, 8, 3), 7, np.uint8))
    (frame,) = open_frames(f"{url}/a.png")
    assert (frame.image.shape, frame.source) == ((6, 8, 3), "a.png")


def test_a_live_playlist_of_the_web(web: tuple[Path, str]) -> None:
    folder, url = web
    make_video(folder / "a.ts", count=20)
    lines = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:0.7,\n{}\n#EXT-X-ENDLIST\n"
    (folder / "good.m3u8").write_text(lines.format("a.ts"))
    (folder / "evil.m3u8").write_text(lines.format(f"file://{folder}/a.ts"))
    assert len(list(open_frames(f"{url}/good.m3u8"))) == 20
    with pytest.raises(MediaError):
        list(open_frames(f"{url}/evil.m3u8"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "the server answers 404"),
        (b"Dear diary", "is not a video that can be read: give MP4"),
        (b"", "is not a video that can be read"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "is not a video that can be read"),
    ],
)
def test_no_video_on_the_web(web: tuple[Path, str], content: bytes | None, message: str) -> None:
    folder, url = web
    if content is not None:
        (folder / "a.mp4").write_bytes(content)
    with pytest.raises(MediaError, match=message) as caught:
        open_frames(f"{url}/a.mp4")
    assert "\n" not in str(caught.value)


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_answers(scheme: str) -> None:
    with pytest.raises(MediaError, match=r"cannot read .*: Connection refused"):
        VideoSource(f"{scheme}://127.0.0.1:{closed_port()}/a.mp4")


@pytest.mark.parametrize("scheme", ["rtsp", "tcp"])
def test_no_stream_answers(scheme: str) -> None:
    with pytest.raises(CameraError, match=r"cannot read .*: Connection refused"):
        open_frames(f"{scheme}://127.0.0.1:{closed_port()}/a")


def test_an_address_that_does_not_exist() -> None:
    with pytest.raises(MediaError, match=r"cannot read http://nowhere\.invalid/a\.mp4: "):
        VideoSource("http://nowhere.invalid/a.mp4")


def test_an_address_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/a.mp4"
        with pytest.raises(MediaError, match=r"cannot read .*: "):
            with_demuxer(Address(url))


def test_a_stream_over_tcp(tmp_path: Path) -> None:
    data = make_video(tmp_path / "a.ts", count=30).read_bytes()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def send() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(data)

        sender = Thread(target=send)
        sender.start()
        with VideoSource(f"tcp://127.0.0.1:{listener.getsockname()[1]}") as source:
            assert len(list(source)) == 30
        sender.join()
