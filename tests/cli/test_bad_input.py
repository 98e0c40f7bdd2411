"""Whatever comes in: one clear line, a fitting exit code, no traceback, and nothing lost unsaid."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from makers import make_sound, make_video, read_sound, read_video
from PIL import Image

from emoar.cli import main

FAKE = Path(__file__).parent / "fake_emoar.py"


def noise(width: int = 64, height: int = 48) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


def noisy(index: int, width: int, height: int) -> np.ndarray:
    return np.random.default_rng(index).integers(0, 256, (height, width, 3), np.uint8)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def bomb() -> bytes:
    """A valid PNG of 30,000 x 30,000 black pixels in 340 kB."""
    packer = zlib.compressobj(1, wbits=15)
    row = bytes(30_000 // 8 + 1)
    body = b"".join(packer.compress(row * 100) for _ in range(300)) + packer.flush()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def exif6() -> Image.Exif:
    data = Image.Exif()
    data[274] = 6
    return data


def check_line(text: str) -> None:
    """Exactly one line for people."""
    assert text.startswith("emoar: ")
    assert text.count("\n") == 1
    assert "Traceback" not in text


REFUSED: dict[str, tuple[Callable[[], bytes] | None, str]] = {
    "missing.jpg": (None, "No such file"),
    "text.jpg": (lambda: b"Dear diary, " * 50, "not a picture"),
    "empty.png": (lambda: b"", "empty"),
    "cut.jpg": (lambda: encoded(noise(), "JPEG")[:1500], "cut short"),
    "cut.png": (lambda: encoded(noise(), "PNG")[:3000], "cut short"),
    "cut.webp": (lambda: encoded(noise(), "WEBP")[:1000], "cut short"),
    "cut.gif": (lambda: encoded(noise(), "GIF")[:1500], "damaged"),
    "cut.tiff": (lambda: encoded(noise(), "TIFF")[:3000], "damaged|not a picture"),
    "bomb.png": (bomb, "30000 x 30000 pixels"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_pictures(name: str, tmp_path: Path, emoar: Callable) -> None:
    make, says = REFUSED[name]
    path = tmp_path / name
    if make is not None:
        path.write_bytes(make())
    result = emoar("image", path, "-o", tmp_path / "out")
    assert result.code == 3
    check_line(result.err)
    assert str(path) in result.err
    assert any(part in result.err for part in says.split("|"))
    assert result.out == ""
    assert not (tmp_path / "out").exists()


def test_a_bomb_costs_no_memory(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(bomb())
    code = (
        "import resource, sys\n"
        "from emoar.media.images import read_image\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: read_image(sys.argv[1])\n"
        "except Exception as exc: print(type(exc).__name__)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "bomb.png"], capture_output=True, text=True)
    kind, grown_kb = done.stdout.split()
    assert kind == "MediaError"
    assert int(grown_kb) < 20_000


ACCEPTED: dict[str, tuple[Callable[[], bytes], tuple[int, int]]] = {  # and the size of the result
    "one.png": (lambda: encoded(noise(1, 1), "PNG"), (1, 1)),
    "cmyk.jpg": (lambda: encoded(noise().convert("CMYK"), "JPEG"), (64, 48)),
    "deep.png": (lambda: encoded(Image.fromarray(np.full((48, 64), 40_000, np.uint16)), "PNG"), (64, 48)),
    "alpha.png": (lambda: encoded(noise().convert("RGBA"), "PNG"), (64, 48)),
    "turned.jpg": (lambda: encoded(noise(), "JPEG", exif=exif6()), (48, 64)),
    "grey.png": (lambda: encoded(noise().convert("L"), "PNG"), (64, 48)),
    "palette.png": (lambda: encoded(noise().convert("P"), "PNG"), (64, 48)),
    "animated.gif": (lambda: encoded(noise(), "GIF", save_all=True, append_images=[noise()]), (64, 48)),
    "animated.webp": (lambda: encoded(noise(), "WEBP", save_all=True, append_images=[noise()]), (64, 48)),
    "odd.bmp": (lambda: encoded(noise(33, 17), "BMP"), (33, 17)),
    "picture.tif": (lambda: encoded(noise(), "TIFF"), (64, 48)),
    "picture.avif": (lambda: encoded(noise(), "AVIF"), (64, 48)),
    "photo.heic": (lambda: heic(noise()), (64, 48)),
}


def heic(image: Image.Image) -> bytes:
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer)
    return buffer.getvalue()


def test_heic_without_its_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "photo.heic").write_bytes(heic(noise()))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    assert main(["image", str(tmp_path / "photo.heic"), "-o", str(tmp_path / "out")]) == 7
    said = capsys.readouterr().err
    check_line(said)
    assert "pip install 'emoar[heic]'" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted_pictures(name: str, tmp_path: Path, emoar: Callable) -> None:
    make, size = ACCEPTED[name]
    (tmp_path / name).write_bytes(make())
    result = emoar("image", tmp_path / name, "-o", tmp_path / "out", "--overlays", "none")
    assert (result.code, result.err) == (0, "")
    written = sorted(p.name for p in (tmp_path / "out").iterdir())
    stem = Path(name).stem
    suffix = Path(name).suffix if Path(name).suffix in (".jpg", ".png", ".webp") else ".png"
    assert written == sorted([f"{stem}.json", f"{stem}{suffix}"])
    with Image.open(tmp_path / "out" / f"{stem}{suffix}") as written_picture:
        assert written_picture.size == size
    document = json.loads((tmp_path / "out" / f"{stem}.json").read_text())
    assert (document["width_px"], document["height_px"]) == size


def test_one_bad_picture_among_several(tmp_path: Path, emoar: Callable) -> None:
    for name in ("a.png", "c.png"):
        (tmp_path / name).write_bytes(encoded(noise(), "PNG"))
    (tmp_path / "b.png").write_bytes(b"no picture")
    result = emoar("image", tmp_path, "-o", tmp_path / "out")
    assert result.code == 3
    check_line(result.err)
    assert "b.png" in result.err
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.json", "a.png", "c.json", "c.png"]
    assert len(result.out.splitlines()) == 2


BAD_VIDEOS: dict[str, tuple[Callable[[Path], object], int, str]] = {
    "missing.mp4": (lambda path: None, 3, "No such file"),
    "text.mp4": (lambda path: path.write_text("Dear diary, " * 100), 3, "not a video"),
    "empty.mp4": (lambda path: path.write_bytes(b""), 3, "empty"),
    "sound.m4a": (make_sound, 3, "no video stream"),
    "picture.jpg": (lambda path: path.write_bytes(encoded(noise(), "JPEG")), 2, "use emoar image"),
}


@pytest.mark.parametrize("name", BAD_VIDEOS)
def test_refused_videos(name: str, tmp_path: Path, emoar: Callable) -> None:
    make, code, says = BAD_VIDEOS[name]
    make(tmp_path / name)
    result = emoar("video", tmp_path / name, "-o", tmp_path / "out.mp4")
    assert result.code == code
    check_line(result.err)
    assert says in result.err
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


def test_output_folder_is_a_file(tmp_path: Path, emoar: Callable) -> None:
    (tmp_path / "file").write_text("mine")
    picture, video = tmp_path / "a.png", make_video(tmp_path / "a.mp4")
    picture.write_bytes(encoded(noise(), "PNG"))
    for arguments in (
        ("image", picture, "-o", tmp_path / "file"),
        ("video", video, "-o", tmp_path / "file" / "out.mp4"),
        ("video", video, "--scenes", tmp_path / "file" / "out.jsonl"),
        ("video", video, "-o", "/proc/nowhere/out.mp4"),
        ("video", video, "-o", tmp_path),
    ):
        result = emoar(*arguments)
        assert result.code == 4
        check_line(result.err)
        assert "cannot write" in result.err
    assert (tmp_path / "file").read_text() == "mine"


def test_full_disk_under_the_scenes(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("video", make_video(tmp_path / "a.mp4"), "-o", tmp_path / "out.mp4", "--scenes", "/dev/full")
    assert result.code == 4
    check_line(result.err)
    assert "/dev/full: the disk is full" in result.err
    assert f"kept {tmp_path / 'out.mp4'}" in result.err
    assert read_video(tmp_path / "out.mp4")[0]


def test_full_disk_under_the_video(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk: the system refuses to write in the same place."""
    path = make_video(tmp_path / "in.mp4", count=60, size=(160, 120), picture=noisy)
    code = (
        "import resource, signal, runpy, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-c", code, FAKE, "0", "video", path, "-o", tmp_path / "out.mp4"]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    assert done.returncode == 4
    check_line(done.stderr)
    assert "out.mp4" in done.stderr
    assert "nothing was kept" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.mp4"]


def test_full_disk_under_a_picture(tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(encoded(noise(), "PNG"))

    def full(self: Path, data: bytes) -> int:
        if not data:
            return os.truncate(os.open(self, os.O_CREAT | os.O_WRONLY), 0) or 0
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    result = emoar("image", tmp_path / "a.png", "-o", tmp_path / "out")
    assert result.code == 4
    check_line(result.err)
    assert "the disk is full" in result.err
    assert list((tmp_path / "out").iterdir()) == []


def test_camera_absent(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("camera", "97", "-o", tmp_path / "out.mp4")
    assert result.code == 3
    check_line(result.err)
    assert "camera 97 cannot be opened" in result.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("video", "a.mp4"), "say where the result goes"),
        (("camera",), "say where the result goes"),
        (("camera", "--size", "big", "--scenes", "-"), "--size must look like"),
        (("video", "a.mp4", "-o", "out.avi"), "name a video file"),
        (("video", "a.mp4", "--scenes", "out.txt"), ".jsonl or .parquet"),
        (("video", "a.mp4", "-o", "out.mp4", "--overlays", "hat"), "overlay must be one of"),
        (("video", "a.mp4", "-o", "out.mp4", "--overlays", "none,box"), "--overlays"),
        (("video", "a.mp4", "-o", "a.mp4"), "overwrite the source"),
        (("image", "a.png", "-o", "a.png"), "overwrite the picture"),
        (("image", "a.png", "-o", "."), "overwrite the picture"),
        (("image", "a.png", "b.png", "-o", "one.png"), "name a folder"),
        (("image", "a.png", "--max-faces", "0"), "--max-faces"),
        (("image",), "Missing argument"),
        (("imagine",), "No such command"),
        (("--nonsense",), "No such option"),
    ],
)
def test_wrong_options(
    arguments: tuple[str, ...], says: str, tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_video(tmp_path / "a.mp4", count=2)
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(encoded(noise(), "PNG"))
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    result = emoar(*arguments)
    assert result.code in (2, 4)
    check_line(result.err)
    assert says in result.err
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_what_was_done(how: signal.Signals, tmp_path: Path) -> None:
    path = make_video(tmp_path / "in.mp4", count=300, sound="aac")
    out, scenes = tmp_path / "out.mp4", tmp_path / "out.jsonl"
    command = [sys.executable, FAKE, "0.05", "video", path, "-o", out, "--scenes", scenes]
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while (not scenes.exists() or scenes.stat().st_size < 2000) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    check_line(err)
    times, _ = read_video(out)
    lines = scenes.read_text().splitlines()
    assert 1 < len(times) < 300
    assert err == f"emoar: stopped; kept {out} ({len(times)} frames), {scenes} ({len(lines)} scenes)\n"
    assert json.loads(lines[-1])["frame_index"] == len(lines) - 1
    assert read_sound(out)[1] == pytest.approx(len(times) / 30, abs=0.15)
    assert not list(tmp_path.glob("*.part"))


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    path = make_video(tmp_path / "in.mp4", count=300)
    command = [sys.executable, FAKE, "0", "video", path, "--scenes", "-"]
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    json.loads(process.stdout.readline())
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(60) == 141


def test_no_face_is_a_normal_answer(tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from makers import FakePipeline

    from emoar.types import Scene

    monkeypatch.setattr(FakePipeline, "__call__", lambda self, frame: Scene(frame))
    (tmp_path / "a.png").write_bytes(encoded(noise(), "PNG"))
    result = emoar("image", tmp_path / "a.png", "--json")
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out)["faces"] == []


def test_what_nobody_foresaw_is_one_line_too(tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from makers import FakePipeline

    def broken(self: FakePipeline, frame: object) -> None:
        raise ZeroDivisionError("far\ntoo far")

    monkeypatch.setattr(FakePipeline, "__call__", broken)
    (tmp_path / "a.png").write_bytes(encoded(noise(), "PNG"))
    result = emoar("image", tmp_path / "a.png")
    assert result.code == 1
    check_line(result.err)
    assert "ZeroDivisionError: far too far; run with -v" in result.err
    verbose = emoar("image", "-v", tmp_path / "a.png")
    assert "Traceback" in verbose.err
    assert "Traceback" in emoar("-v", "image", tmp_path / "a.png").err
