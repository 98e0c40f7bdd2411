"""The process of a video job."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from makers import make_video, read_video

from emoar.models.public import model_folder


def run(source: Path, folder: Path, **changes: Any) -> list[dict[str, Any]]:
    """The messages of a job."""
    task = {
        "source": str(source),
        "folder": str(folder),
        "memory_bytes": 4 << 30,
        "file_bytes": 10**9,
        "video": str(folder / "annotated.mp4"),
        "scenes": [str(folder / "scenes.jsonl")],
        "model": "emoar-s",
        "model_folder": str(model_folder()),
        "max_pixels": 10**6,
        "overlays": ["label"],
        "label_set": None,
        "max_faces": 4,
        "landmarks": False,
    } | changes
    command = [sys.executable, "-P", "-m", "emoar.server.jobs.job_process"]
    done = subprocess.run(command, input=json.dumps(task), capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_progress_and_results(tmp_path: Path) -> None:
    messages = run(make_video(tmp_path / "in.mp4", count=12, size=(64, 48)), tmp_path)
    assert messages[-1] == {"state": "done", "progress": 1.0, "frames": 12, "faces": 0, "problem": None}
    assert all(set(message) == {"progress", "frames", "faces"} for message in messages[:-1])
    assert len(read_video(tmp_path / "annotated.mp4")[0]) == 12
    assert len((tmp_path / "scenes.jsonl").read_text().splitlines()) == 12


@pytest.mark.parametrize(
    ("changes", "problem"),
    [({"max_pixels": 100}, "the video has 64 x 48 pixels, at most 100 are allowed"), ({"model": "emoar-xxl"}, "xxl")],
)
def test_failures(tmp_path: Path, changes: dict[str, Any], problem: str) -> None:
    message = run(make_video(tmp_path / "in.mp4", count=3, size=(64, 48)), tmp_path, **changes)[-1]
    assert message["state"] == "failed"
    assert problem in message["problem"]
    assert str(tmp_path) not in message["problem"]


def test_a_result_that_is_too_large(tmp_path: Path) -> None:
    message = run(make_video(tmp_path / "in.mp4", count=30, size=(64, 48)), tmp_path, file_bytes=2000)[-1]
    assert message["state"] == "failed"
    assert message["problem"] == "a result has more than 2000 bytes (max_result_bytes): send a shorter video"


@pytest.mark.parametrize("video", ["missing/annotated.mp4", "../annotated.mp4", "in.mp4/annotated.mp4"])
def test_results_that_cannot_be_written_are_reported_without_a_path(tmp_path: Path, video: str) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    source = make_video(folder / "in.mp4", count=3, size=(64, 48))
    (folder / "missing").write_text("a file")
    message = run(source, folder, video=str(folder / video))[-1]
    assert message["problem"] == "the server cannot write the results now: try again later"
    assert message["fault"]
    assert str(tmp_path) not in json.dumps(message)
    assert [path.name for path in tmp_path.iterdir()] == ["job"]


PLAYLISTS = {
    "hls": b"#EXTM3U\n#EXTINF:1,\n{url}\n",
    "hls in id3": b"ID3\x04\0\0\0\0AVI #EXTM3U\n#EXTINF:1,\n{url}\n",
    "ffconcat": b"ffconcat version 1.0\nfile '{path}'\n",
    "ffconcat in id3": b"ID3\x04\0\0\0\0AVI ffconcat version 1.0\nfile '{path}'\n",
    "sdp in a stream": b"G@\nv=0\no=- 0 0 IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "dash": b"<!--abcdAVI --><?xml version='1.0'?><MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>",
    "hls in a free box": b"\0\0\0\x08free#EXTM3U\n#EXTINF:1,\n{url}\n",
    "hls after ogg": b"OggS#EXTM3U\n#EXTINF:1,\n{url}\n",
    "hls after flv": b"FLV\x01#EXTM3U\n#EXTINF:1,\n{url}\n",
    "webvtt of segments": b"WEBVTT\n{url}\n",
    "ffmetadata": b";FFMETADATA1\nfile={path}\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_playlist_reaches_nothing(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    other = make_video(tmp_path / "other.mp4", count=3, size=(64, 48))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        content = PLAYLISTS[name]
        for field, value in (("url", f"http://127.0.0.1:{port}/a.ts"), ("path", str(other)), ("port", str(port))):
            content = content.replace(b"{%s}" % field.encode(), value.encode())
        (folder / "source").write_bytes(content)
        message = run(folder / "source", folder)[-1]
        assert message["state"] == "failed"
        assert str(tmp_path) not in message["problem"]
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()
