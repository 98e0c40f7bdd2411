"""`emoar video`: times and sound kept, bad videos refused in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import av
import numpy as np
import pytest
from makers import make_sound, make_video, read_sound, read_video
from odd_videos import joined, silent_codec
from web_files import served

from emoar.media.video_sink import VideoSink

from .inputs import check_line, encoded, noise, noisy


def test_video_keeps_the_sound_and_the_times(tmp_path: Path, emoar: Callable) -> None:
    source = make_video(tmp_path / "in.mp4", count=20, size=(160, 120), sound="aac")
    result = emoar("video", source, "-o", tmp_path / "out.mp4", "--scenes", tmp_path / "out.jsonl")
    assert (result.code, result.err) == (0, "")
    assert "out.mp4 (20 frames)" in result.out
    assert "1 face," in result.out
    times, pictures = read_video(tmp_path / "out.mp4")
    np.testing.assert_allclose(times, np.arange(20) / 30, atol=1e-3)
    assert len(np.unique(pictures[0])) > 30  # a label over the flat grey
    assert read_sound(tmp_path / "out.mp4")[0] == "aac"
    scenes = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [scene["frame_index"] for scene in scenes] == list(range(20))


def test_video_scenes_on_stdout_are_nothing_but_json(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("video", make_video(tmp_path / "in.mp4"), "--scenes", "-", "--seconds", "0.5")
    assert (result.code, result.err) == (0, "")
    assert len([json.loads(line) for line in result.out.splitlines()]) == 15


BAD_VIDEOS: dict[str, tuple[Callable[[Path], object], int, str]] = {
    "missing.mp4": (lambda path: None, 3, "No such file"),
    "text.mp4": (lambda path: path.write_text("Dear diary, " * 100), 3, "not a video"),
    "empty.mp4": (lambda path: path.write_bytes(b""), 3, "empty"),
    "sound.m4a": (make_sound, 3, "no video stream"),
    "picture.jpg": (lambda path: path.write_bytes(encoded(noise(), "JPEG")), 2, "use emoar image"),
}


@pytest.mark.parametrize("name", BAD_VIDEOS)
def test_refused_videos(name: str, tmp_path: Path, emoar: Callable) -> None:
    make, code, message = BAD_VIDEOS[name]
    make(tmp_path / name)
    result = emoar("video", tmp_path / name, "-o", tmp_path / "out.mp4")
    assert result.code == code
    check_line(result.err)
    assert message in result.err
    assert not (tmp_path / "out.mp4").exists()
    assert not (tmp_path / "out.mp4.part").exists()


def test_truncated_video(tmp_path: Path, emoar: Callable) -> None:
    path = make_video(tmp_path / "in.mp4", count=90, picture=noisy, faststart=True, sound="aac")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])
    result = emoar("video", path, "-o", tmp_path / "out.mp4", "--scenes", tmp_path / "out.jsonl")
    assert result.code == 3
    check_line(result.err)
    assert "in.mp4 stopped at " in result.err
    times, _ = read_video(tmp_path / "out.mp4")
    assert 30 < len(times) < 75
    assert f"what was readable is annotated: kept {tmp_path / 'out.mp4'} ({len(times)} frames)" in result.err
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == len(times)


def test_variable_frame_rate_and_odd_width(tmp_path: Path, emoar: Callable) -> None:
    times = [0.0, 0.1, 0.15, 0.9, 1.0]
    path = make_video(tmp_path / "in.mkv", times_s=times, size=(64, 48), sound="pcm_s16le")
    result = emoar("video", path, "-o", tmp_path / "out.mp4", "--overlays", "label")
    assert (result.code, result.err) == (0, "")
    np.testing.assert_allclose(read_video(tmp_path / "out.mp4")[0], times, atol=2e-3)
    assert read_sound(tmp_path / "out.mp4")[0] == "aac"


def test_odd_size(tmp_path: Path, emoar: Callable) -> None:
    for index in range(3):
        (tmp_path / f"{index}.gif").write_bytes(
            encoded(noise(63, 47), "GIF", save_all=True, append_images=[noise(63, 47).rotate(180)] * 3, duration=100)
        )
    result = emoar("video", tmp_path / "1.gif", "-o", tmp_path / "out.mp4")
    assert (result.code, result.err) == (0, "")
    assert read_video(tmp_path / "out.mp4")[1][0].shape == (48, 64, 3)


def test_sound_that_cannot_be_decoded_is_left_out_with_a_warning(tmp_path: Path, emoar: Callable) -> None:
    (tmp_path / "out.mp4").write_bytes(b"older")
    result = emoar("video", silent_codec(tmp_path / "in.mp4"), "-o", tmp_path / "out.mp4")
    assert result.code == 0
    check_line(result.err)
    assert "in.mp4: its sound is in a format that cannot be decoded here, and is left out" in result.err
    assert len(read_video(tmp_path / "out.mp4")[0]) == 30
    assert emoar("video", tmp_path / "in.mp4", "--scenes", tmp_path / "out.jsonl").err == ""  # no sound was wanted


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("no"), RuntimeError("no"), av.error.InvalidDataError(1, "Invalid data")]
)
def test_a_failed_output_never_replaces_what_was_there(
    tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    (tmp_path / "out.mp4").write_bytes(b"older")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(VideoSink, "_add", fail)
    result = emoar("video", make_video(tmp_path / "in.mp4"), "-o", tmp_path / "out.mp4")
    assert result.code != 0
    check_line(result.err)
    assert (tmp_path / "out.mp4").read_bytes() == b"older"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.mp4", "out.mp4"]


def test_recordings_that_were_joined(tmp_path: Path, emoar: Callable) -> None:
    part = make_video(tmp_path / "part.ts", count=72, sound="aac")
    source = joined(tmp_path / "in.ts", part, part)
    result = emoar("video", source, "-o", tmp_path / "out.mp4", "--scenes", tmp_path / "out.jsonl")
    assert (result.code, result.err) == (0, "")
    times, _ = read_video(tmp_path / "out.mp4")
    assert len(times) == 144
    assert np.diff(times).max() < 0.15
    assert read_sound(tmp_path / "out.mp4")[1] == pytest.approx(4.8, abs=0.2)


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".ts"])
def test_a_pipe(tmp_path: Path, emoar: Callable, suffix: str) -> None:
    content = make_video(tmp_path / f"in{suffix}", count=40, sound="aac").read_bytes()
    os.mkfifo(tmp_path / "pipe")
    writer = Thread(target=(tmp_path / "pipe").write_bytes, args=(content,))
    writer.start()
    result = emoar("video", tmp_path / "pipe", "-o", tmp_path / "out.mp4")
    writer.join()
    assert (result.code, result.err) == (0, "")
    assert len(read_video(tmp_path / "out.mp4")[0]) == 40
    assert read_sound(tmp_path / "out.mp4")[1] == pytest.approx(40 / 30, abs=0.1)


def test_standard_input(tmp_path: Path) -> None:
    """In a process, since the test runner replaces the standard input of this one."""
    make_video(tmp_path / "in.mp4", count=3)
    program = "import sys; from emoar import open_frames; print(len(list(open_frames(sys.argv[1]))))"
    for name in ("-", "/dev/stdin"):
        for through_pipe in (True, False):
            with (tmp_path / "in.mp4").open("rb") as file:
                given = {"input": file.read()} if through_pipe else {"stdin": file}
                done = subprocess.run([sys.executable, "-c", program, name], capture_output=True, check=False, **given)
            assert (done.stdout, done.stderr) == (b"3\n", b"")


def test_an_address(tmp_path: Path, emoar: Callable) -> None:
    make_video(tmp_path / "in.mp4", count=20, sound="aac")
    with served(tmp_path) as url:
        result = emoar("video", f"{url}/in.mp4", "-o", tmp_path / "out.mp4", "--scenes", tmp_path / "out.jsonl")
        assert (result.code, result.err) == (0, "")
        assert json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])["source"] == "in.mp4"
        missing = emoar("video", f"{url}/none.mp4", "-o", tmp_path / "none.mp4")
    assert read_sound(tmp_path / "out.mp4")[1] == pytest.approx(20 / 30, abs=0.1)
    assert missing.code == 3
    check_line(missing.err)
    assert "the server answers 404" in missing.err
    assert not (tmp_path / "none.mp4").exists()


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://127.0.0.1:9/x.mp4", "Connection refused"),
        ("ftp://host/x.mp4", "addresses may begin with http://"),
        ("http://", "is no complete address"),
        ("-", "cannot read -"),
    ],
)
def test_addresses_that_cannot_be_read(tmp_path: Path, emoar: Callable, address: str, message: str) -> None:
    result = emoar("video", address, "-o", tmp_path / "out.mp4")
    assert result.code == 3
    check_line(result.err)
    assert message in result.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_animated_pictures(tmp_path: Path, emoar: Callable, kind: str) -> None:
    pictures = [noise(64, 48).rotate(90 * i) for i in range(4)]
    path = tmp_path / f"in.{kind.lower()}"
    path.write_bytes(encoded(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=200))
    result = emoar("video", path, "-o", tmp_path / "out.mp4")
    assert (result.code, result.err) == (0, "")
    times, _ = read_video(tmp_path / "out.mp4")
    np.testing.assert_allclose(times, [0, 0.2, 0.4, 0.6], atol=0.02)
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.duration / av.time_base == pytest.approx(0.8, abs=0.02)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names that are no UTF-8")
def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    """In a process with a strict standard output, as in most terminals."""
    make_video(tmp_path / "in.mp4", count=2)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from makers import FakePipeline; from emoar.cli import main;"
        "from emoar.cli.options import Settings; Settings.pipeline = lambda self: FakePipeline();"
        "sys.exit(main(sys.argv[2:]))"
    )
    source, output = (os.fsencode(tmp_path) + name for name in (b"/caf\xe9.mp4", b"/out\xe9.mp4"))
    os.rename(tmp_path / "in.mp4", source)
    scenes = [tmp_path / "out.jsonl", tmp_path / "out.parquet"]
    for target in scenes:
        done = subprocess.run(
            [sys.executable, "-c", program, str(Path(__file__).parents[1]), "video", source, "-o", output]
            + ["--scenes", str(target)],
            env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"out\\udce9.mp4 (2 frames)" in done.stdout
    assert json.loads(scenes[0].read_text().splitlines()[0])["source"] == "caf\ufffd.mp4"
    assert os.path.exists(output)


def test_the_longest_name(tmp_path: Path, emoar: Callable) -> None:
    source = make_video(tmp_path / ("x" * 251 + ".mp4"), count=2)
    target = tmp_path / ("y" * 251 + ".mp4")
    result = emoar("video", source, "-o", target, "--scenes", tmp_path / ("z" * 249 + ".jsonl"))
    assert (result.code, result.err) == (0, "")
    assert len(read_video(target)[0]) == 2


def test_measures_and_valence_have_columns_where_they_are_asked_for(tmp_path: Path, emoar: Callable) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pip install 'emoar[data]'")
    source = make_video(tmp_path / "in.mp4", count=3)
    for name, options in (("plain", ()), ("asked", ("--measures", "--valence"))):
        assert emoar("video", source, "--scenes", tmp_path / f"{name}.parquet", *options).code == 0
    plain, asked = (parquet.read_schema(tmp_path / f"{name}.parquet").names for name in ("plain", "asked"))
    assert asked[: len(plain)] == plain
    assert {"measure_jawOpen", "valence", "valence_method"} <= {*asked} - {*plain}
