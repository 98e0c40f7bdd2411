"""One door for everything that has pictures in it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from makers import make_video
from PIL import Image

from emoar.errors import InputError, MediaError
from emoar.media.sinks import write_image
from emoar.media.sources import images_in, is_picture, open_frames
from emoar.types import Frame, Scene

GREY = np.full((6, 8, 3), 7, np.uint8)


def test_a_video(tmp_path: Path) -> None:
    with open_frames(str(make_video(tmp_path / "a.mp4", count=4))) as source:
        assert [frame.index for frame in source] == [0, 1, 2, 3]


def test_a_picture(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", GREY)
    (frame,) = open_frames(tmp_path / "a.png")
    np.testing.assert_array_equal(frame.image, GREY)


def test_a_folder_in_natural_order(tmp_path: Path) -> None:
    for name in ("f10.png", "f2.png", "F1.png", ".hidden.png"):
        write_image(tmp_path / name, GREY)
    (tmp_path / "notes.txt").write_text("no picture")
    with open_frames(tmp_path, frame_rate=10) as source:
        frames = list(source)
        assert (source.frame_count, source.frame_rate) == (3, 10)
    assert [frame.source for frame in frames] == ["F1.png", "f2.png", "f10.png"]
    assert [frame.time_s for frame in frames] == [0.0, 0.1, 0.2]


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no pictures in it"):
        images_in(tmp_path)


@pytest.mark.parametrize(
    ("pictures", "count"),
    [
        (GREY, 1),
        (np.stack([GREY, GREY]), 2),
        (np.zeros((0, 6, 8, 3), np.uint8), 0),
        ([GREY, GREY, GREY], 3),
        ((GREY for _ in range(2)), 2),
        ([], 0),
    ],
)
def test_pictures_in_memory(pictures: object, count: int) -> None:
    frames = list(open_frames(pictures, frame_rate=4))
    assert [frame.time_s for frame in frames] == [i / 4 for i in range(count)]
    assert all(frame.image.shape == (6, 8, 3) for frame in frames)


def test_frames_keep_their_times() -> None:
    frames = [Frame(GREY, 0.5), Frame(GREY, 9.0)]
    assert [frame.time_s for frame in open_frames(frames)] == [0.5, 9.0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.full((6, 8, 3), np.nan), r"convert it to uint8 0\.\.255"),
        (np.zeros((6, 8, 3), np.float32), r"convert it to uint8 0\.\.255"),
        (np.zeros((6, 8, 3), np.int64), r"image must be \(any, any, 3\) uint8, got \(6, 8, 3\) int64"),
        (np.zeros((6, 8), np.uint8), r"got \(6, 8\) uint8"),
        (np.zeros((6, 8, 4), np.uint8), r"got \(6, 8, 4\) uint8"),
        (np.zeros((0, 8, 3), np.uint8), "at least one pixel"),
        ([np.zeros((2, 6, 8, 3), np.uint8)], r"got \(2, 6, 8, 3\)"),
        (["a.png"], "got str"),
    ],
)
def test_wrong_arrays(wrong: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(open_frames(wrong))


@pytest.mark.parametrize("wrong", [None, 1.5, True])
def test_wrong_kinds_of_source(wrong: object) -> None:
    with pytest.raises(InputError, match="source must be"):
        open_frames(wrong)


@pytest.mark.parametrize("name", ["missing.mp4", "missing.png", "x" * 300, "x" * 300 + ".png", "a\0b"])
def test_missing_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(MediaError, match="cannot read"):
        list(open_frames(tmp_path / name))


def test_is_picture_reads_the_content(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", GREY)
    (tmp_path / "a.png").rename(tmp_path / "a.mp4")
    assert is_picture(tmp_path / "a.mp4")
    assert not is_picture(make_video(tmp_path / "b.png.mp4"))
    assert not is_picture(tmp_path / "missing")


def test_closed_sources_are_empty() -> None:
    source = open_frames([GREY, GREY])
    source.close()
    assert list(source) == []


@pytest.mark.parametrize("names", [["①1.png", "②.png", "1.png"], ["²3.png", "a²10.png", "a2.png"], ["٣.png", "12.png"]])
def test_names_with_digits_that_are_no_numbers(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        write_image(tmp_path / name, GREY)
    assert {path.name for path in images_in(tmp_path)} == set(names)


def test_an_image_sequence_with_gaps(tmp_path: Path) -> None:
    for number in (1, 2, 9, 10, 100):
        write_image(tmp_path / f"f{number}.png", GREY)
    with open_frames(tmp_path) as source:
        assert [frame.source for frame in source] == [f"f{n}.png" for n in (1, 2, 9, 10, 100)]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names that are no UTF-8")
@pytest.mark.parametrize("suffix", [b".mp4", b".png"])
def test_names_that_are_no_utf8(tmp_path: Path, suffix: bytes) -> None:
    if suffix == b".png":
        write_image(tmp_path / "a.png", GREY)
    else:
        make_video(tmp_path / "a.mp4", count=2)
    path = os.fsencode(tmp_path) + b"/caf\xe9" + suffix
    os.rename(os.fsencode(tmp_path) + b"/a" + suffix, path)
    with open_frames(os.fsdecode(path)) as source:
        frame = next(source)
    assert frame.source == "caf\ufffd" + suffix.decode()
    json.dumps(Scene(frame, ()).to_dict()).encode()
    if suffix == b".png":  # a folder, too
        (frame,) = open_frames(tmp_path)
        assert frame.source == "caf\ufffd.png"


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_animated_pictures_have_all_their_pictures(tmp_path: Path, kind: str) -> None:
    pictures = [Image.new("RGB", (32, 24), (40 * i, 60, 20)) for i in range(4)]
    path = tmp_path / f"a.{kind.lower()}"
    pictures[0].save(path, kind, save_all=True, append_images=pictures[1:], duration=100)
    assert len(list(open_frames(path))) == 4
    pictures[0].save(path, kind)
    assert len(list(open_frames(path))) == 1


@contextmanager
def piped(folder: Path, content: bytes) -> Iterator[Path]:
    path = folder / "pipe"
    os.mkfifo(path)
    writer = Thread(target=path.write_bytes, args=(content,))
    writer.start()
    yield path
    writer.join()


def test_a_picture_through_a_pipe(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", GREY)
    with piped(tmp_path, (tmp_path / "a.png").read_bytes()) as path:
        (frame,) = open_frames(path)
    np.testing.assert_array_equal(frame.image, GREY)
    assert frame.source == "pipe"


def test_a_video_through_a_pipe(tmp_path: Path) -> None:
    content = make_video(tmp_path / "a.mp4", count=4).read_bytes()
    with piped(tmp_path, content) as path, open_frames(path) as source:
        assert len(list(source)) == 4


def test_is_picture_reads_nothing_from_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert not is_picture(tmp_path / "pipe")  # without waiting for a writer
