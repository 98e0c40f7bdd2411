"""Output files: named only when they are complete, and errors that tell what to do."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from emoar.errors import OutputError
from emoar.files import PartialFile, atomic_write, check_writable, output_errors


def test_a_file_has_its_name_after_commit(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.txt"
    file = PartialFile(path)
    file.temporary.write_text("new")
    assert not path.exists()
    file.commit()
    assert path.read_text() == "new"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_discarding_leaves_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    file = PartialFile(path)
    file.temporary.write_text("new")
    file.discard()
    file.discard()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("written", [True, False])
def test_finishing_twice_is_harmless(tmp_path: Path, written: bool) -> None:
    file = PartialFile(tmp_path / "a.txt")
    results = {file.finish(written=written), file.finish(written=written)}
    assert results == {str(tmp_path / "a.txt") if written else None}
    assert (tmp_path / "a.txt").exists() == written


def test_a_pipe_is_written_directly(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    file = PartialFile(tmp_path / "pipe")
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(Path(tmp_path / "pipe").read_text()))
    reader.start()
    file.temporary.write_text("data")
    reader.join(10)
    assert received == ["data"]
    assert file.finish(written=True) == str(tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("place", ["", "file/a.txt"])
def test_places_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine")
    for attempt in (PartialFile, check_writable, lambda path: atomic_write(path, b"new")):
        with pytest.raises(OutputError, match="cannot write"):
            attempt(tmp_path / place)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_check_writable_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "a.txt")
    assert list(tmp_path.iterdir()) == []


def test_atomic_write_on_a_full_disk_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    atomic_write(path, b"old")
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if data:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="the disk is full; free some space"):
        atomic_write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.EACCES, "no permission"), (errno.EROFS, "read-only"), (errno.EIO, "Input/output error")],
)
def test_errors_of_the_system_become_advice(number: int, advice: str) -> None:
    with pytest.raises(OutputError, match=f"cannot write out.mp4: .*{advice}"), output_errors("out.mp4"):
        raise OSError(number, os.strerror(number))


def test_a_closed_pipe_is_no_error_of_ours() -> None:
    with pytest.raises(BrokenPipeError), output_errors("-"):
        raise BrokenPipeError
