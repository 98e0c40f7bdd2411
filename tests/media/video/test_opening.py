"""Files, pipes and addresses are opened with the demuxer of their first bytes; what goes wrong is one line."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from makers import make_video

from emoar.errors import MediaError
from emoar.media.video import opening
from emoar.media.video.opening import open_container, origin_s, reason_of


def test_a_file(tmp_path: Path) -> None:
    with open_container(make_video(tmp_path / "a.mkv")) as container:
        assert container.format.name == "matroska,webm"
        assert origin_s(container) == 0


def test_the_suffix_counts_for_nothing(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv").rename(tmp_path / "a.mp4")
    with open_container(path) as container:
        assert container.format.name == "matroska,webm"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"a is empty \(0 bytes\)"),
        (b"text", "a is not a video that can be read: give MP4"),
        (b"\0\0\0\x18ftypisom" + bytes(100), "a is not a video that can be read"),
        (b"OggS\0" + bytes(100), "a is not a video that can be read"),
        (None, "cannot read .*a: No such file or directory"),
    ],
)
def test_what_cannot_be_opened(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "a").write_bytes(content)
    with pytest.raises(MediaError, match=message) as caught:
        open_container(tmp_path / "a")
    assert str(caught.value).count("can be read") <= 1


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="Is a directory"):
        open_container(tmp_path)


@pytest.mark.parametrize(
    "error",
    [
        av.error.InvalidDataError(1, "Invalid data"),
        av.error.UndefinedError(1, "Unknown"),
        av.error.ExitError(2, "Immediate exit requested"),
        av.error.HTTPNotFoundError(3, "404"),
        av.error.EOFError(4, "End of file"),
        ValueError("no\nway"),
        RuntimeError(),
    ],
)
def test_every_error_of_the_library_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    path = make_video(tmp_path / "a.mp4")
    monkeypatch.setattr(opening, "_open", fail)
    with pytest.raises(MediaError) as caught:
        open_container(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_reasons() -> None:
    assert reason_of(OSError(2, "No such file")) == "No such file"
    assert reason_of(ValueError("one\ntwo")) == "one"
    assert reason_of(RuntimeError()) == "RuntimeError"
