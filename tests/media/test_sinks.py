"""Pictures on disk, and the sink for a file name."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
from makers import make_scene

from emoar.errors import OutputError
from emoar.media.images import read_image
from emoar.media.sinks import ImageSink, open_scene_sink, write_image


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_pictures_by_suffix(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    image = np.full((8, 10, 3), (200, 40, 90), np.uint8)
    sink = ImageSink(path)
    sink.write(make_scene(), image)
    assert not path.exists()
    assert sink.close() == str(path)
    assert sink.close() == str(path)
    np.testing.assert_allclose(read_image(path).image, image, atol=6)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_picture_that_could_not_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = ImageSink(tmp_path / "a.png")
    sink.write(make_scene(), None)

    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="disk is full"):
        sink.write(make_scene(), None)
    assert sink.close(complete=False) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["a.bmp", "a", "a.gif"])
def test_unknown_pictures(tmp_path: Path, path: str) -> None:
    with pytest.raises(OutputError, match="name a picture that ends in"):
        write_image(tmp_path / path, np.zeros((2, 2, 3), np.uint8))


def test_a_picture_too_wide_for_jpeg(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"70000 x 1; try \.png"):
        write_image(tmp_path / "a.jpg", np.zeros((1, 70_000, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_unknown_scene_files(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.jsonl or \.parquet"):
        open_scene_sink(tmp_path / "a.csv")
