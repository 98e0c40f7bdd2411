"""`emoar image`: pictures and JSON written, bad pictures refused in one line, nothing overwritten."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from makers import FakePipeline
from PIL import Image
from web_files import served

from emoar.cli import main
from emoar.types import Frame, Scene

from .inputs import bomb, check_line, encoded, exif6, heic, noise, picture


def test_image_writes_picture_and_json(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("image", picture(tmp_path / "a.png"), "-o", tmp_path / "out", "--landmarks")
    assert (result.code, result.err) == (0, "")
    assert "1 face: happiness 79 %" in result.out
    (face,) = json.loads((tmp_path / "out" / "a.json").read_text())["faces"]
    assert len(face["landmarks_px"]) == 468
    from emoar.media.images import read_image

    drawn = read_image(tmp_path / "out" / "a.png").image
    assert (drawn != 90).any()


def test_image_to_one_file(tmp_path: Path, emoar: Callable) -> None:
    assert emoar("image", picture(tmp_path / "a.png"), "-o", tmp_path / "r.jpg", "-q").out == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "r.jpg", "r.json"]


def test_image_json_alone(tmp_path: Path, emoar: Callable) -> None:
    one = emoar("image", picture(tmp_path / "a.png"), "--json")
    assert json.loads(one.out)["source"] == "a.png"
    several = emoar("image", tmp_path / "a.png", picture(tmp_path / "b.png"), "--json")
    assert [document["source"] for document in json.loads(several.out)] == ["a.png", "b.png"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_equal_names_do_not_overwrite_each_other(tmp_path: Path, emoar: Callable) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        picture(tmp_path / folder / "a.png")
    picture(tmp_path / "x" / "a.jpg")
    assert emoar("image", tmp_path / "x", tmp_path / "y", "-o", tmp_path / "out").code == 0
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == ["a-2.json", "a-2.png", "a-3.json", "a-3.png", "a.jpg", "a.json"]


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
    make, message = REFUSED[name]
    path = tmp_path / name
    if make is not None:
        path.write_bytes(make())
    result = emoar("image", path, "-o", tmp_path / "out")
    assert result.code == 3
    check_line(result.err)
    assert str(path) in result.err
    assert any(part in result.err for part in message.split("|"))
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


def test_heic_without_its_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "photo.heic").write_bytes(heic(noise()))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    assert main(["image", str(tmp_path / "photo.heic"), "-o", str(tmp_path / "out")]) == 7
    err = capsys.readouterr().err
    check_line(err)
    assert "pip install 'emoar[heic]'" in err
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


@pytest.mark.parametrize("error", [RuntimeError("the runtime failed"), MemoryError(), ValueError("two\nlines")])
def test_an_unexpected_error_of_one_picture_among_several(
    error: Exception, tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png", "c.png"):
        (tmp_path / name).write_bytes(encoded(noise(), "PNG"))
    recognise = FakePipeline.__call__

    def fail(self: FakePipeline, frame: Frame) -> Scene:
        if frame.source == "b.png":
            raise error
        return recognise(self, frame)

    monkeypatch.setattr(FakePipeline, "__call__", fail)
    result = emoar("image", tmp_path, "-o", tmp_path / "out", "--json")
    assert result.code == 1
    assert "b.png" in result.err
    assert len(result.err.splitlines()) == 1
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.json", "a.png", "c.json", "c.png"]
    assert [document["source"] for document in json.loads(result.out)] == ["a.png", "c.png"]


def test_a_picture_at_an_address(tmp_path: Path, emoar: Callable) -> None:
    (tmp_path / "a.png").write_bytes(encoded(noise(), "PNG"))
    (tmp_path / "b.txt").write_text("no picture")
    with served(tmp_path) as url:
        result = emoar(
            "image", f"{url}/a.png?size=9", f"{url}/b.txt", f"{url}/c.png", tmp_path / "a.png", "-o", tmp_path / "out"
        )
    assert result.code == 3
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a-2.json", "a-2.png", "a.json", "a.png"]
    assert result.out.splitlines()[0].startswith(f"{url}/a.png: 1 face")
    refused = result.err.splitlines()
    assert len(refused) == 2
    assert f"{url}/b.txt is not a picture" in refused[0]
    assert f"cannot read {url}/c.png: the server answers 404" in refused[1]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("rtsp://host/live", "is a live stream, no picture: use `emoar camera`"),
        ("ftp://host/a.png", "addresses may begin with"),
    ],
)
def test_addresses_that_are_no_pictures(address: str, words: str, emoar: Callable) -> None:
    result = emoar("image", address)
    assert result.code == 3
    check_line(result.err)
    assert words in result.err


def test_a_picture_from_standard_input(tmp_path: Path) -> None:
    program = "import sys; from emoar.cli.image import _pictures; from emoar.media.sources import read_picture;"
    program += "print(read_picture(*_pictures(['-'])).image.shape)"
    done = subprocess.run(
        [sys.executable, "-c", program], input=encoded(noise(), "PNG"), capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == str(np.asarray(noise()).shape)


def test_a_picture_that_lacks_only_its_end_is_done_with_a_warning(tmp_path: Path, emoar: Callable) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(encoded(noise(), "JPEG")[:-2])
    result = emoar("image", tmp_path, "--json")
    assert result.code == 0
    assert result.err.splitlines() == [
        f"emoar: {tmp_path / name} lacks the end of its file; all of its pixels are there"
        for name in ("a.jpg", "b.jpg")
    ]
    assert len(json.loads(result.out)) == 2


def test_an_output_that_cannot_be_written_is_the_failure_of_one_picture(tmp_path: Path, emoar: Callable) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(encoded(noise(), "PNG"))
    (tmp_path / "out" / "a.png").mkdir(parents=True)
    result = emoar("image", tmp_path / "a.png", tmp_path / "b.png", "-o", tmp_path / "out")
    assert result.code == 4
    check_line(result.err)
    assert (tmp_path / "out" / "b.png").is_file()


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


def test_no_face_is_a_normal_answer(tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(FakePipeline, "__call__", lambda self, frame: Scene(frame))
    (tmp_path / "a.png").write_bytes(encoded(noise(), "PNG"))
    result = emoar("image", tmp_path / "a.png", "--json")
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out)["faces"] == []
