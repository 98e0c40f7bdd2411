"""Output files: complete or absent, whatever goes wrong."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from emoar.errors import OutputError
from emoar.files import PartialFile, atomic_write, check_writable, output_errors


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_has_its_name_only_after_the_commit(tmp_path: Path) -> None:
    file = PartialFile(tmp_path / "deep" / "a.json")
    file.temporary.write_bytes(b"new")
    assert names(tmp_path / "deep") == ["a.json.part"]
    file.commit()
    assert names(tmp_path / "deep") == ["a.json"]
    assert file.path.read_bytes() == b"new"


def test_a_discarded_file_leaves_the_older_one(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"old")
    file = PartialFile(tmp_path / "a.json")
    file.temporary.write_bytes(b"half")
    file.discard()
    file.discard()
    assert names(tmp_path) == ["a.json"]
    assert file.path.read_bytes() == b"old"


def test_finish_commits_what_was_written_and_discards_the_rest(tmp_path: Path) -> None:
    written, failed = PartialFile(tmp_path / "a"), PartialFile(tmp_path / "b")
    assert written.finish(written=True) == str(tmp_path / "a")
    assert written.finish(written=True) == str(tmp_path / "a")
    assert failed.finish(written=False) is failed.finish(written=False) is None
    assert names(tmp_path) == ["a"]


def test_a_device_is_written_directly() -> None:
    file = PartialFile("/dev/null")
    assert (file.is_device, file.temporary) == (True, Path("/dev/null"))
    atomic_write(Path("/dev/null"), b"nothing")
    file.discard()
    file.commit()
    assert Path("/dev/null").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("folder", "it is a folder; name a file in it"),
        ("file/a.json", "a part of the path is a file, not a folder; name another"),
    ],
)
def test_paths_that_cannot_be_written_are_found_before_the_work(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for attempt in (PartialFile, check_writable, lambda path: atomic_write(path, b"new")):
        with pytest.raises(OutputError, match=f"cannot write .*{name}: {words}"):
            attempt(tmp_path / name)
    assert names(tmp_path) == ["file", "folder"]


def test_a_path_that_can_be_written_stays_as_it_was(tmp_path: Path) -> None:
    check_writable(tmp_path / "new")
    (tmp_path / "old").write_bytes(b"old")
    check_writable(tmp_path / "old")
    assert names(tmp_path) == ["old"]
    assert (tmp_path / "old").read_bytes() == b"old"


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_permissions_hold_from_the_creation_on(mode: int, tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(b"of a run that was killed")
    file = PartialFile(tmp_path / "a", mode=mode)
    assert file.temporary.stat().st_mode & 0o777 == mode
    file.discard()
    atomic_write(tmp_path / "a", b"new", mode=mode)
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode


def test_two_writers_of_one_file_have_temporary_files_of_their_own(tmp_path: Path) -> None:
    first, second = PartialFile(tmp_path / "a", unique=True), PartialFile(tmp_path / "a", unique=True)
    first.temporary.write_bytes(b"first")
    second.temporary.write_bytes(b"second")
    first.commit()
    assert (tmp_path / "a").read_bytes() == b"first"
    second.commit()
    assert (tmp_path / "a").read_bytes() == b"second"
    assert names(tmp_path) == ["a"]


def test_an_interruption_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_number: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        atomic_write(tmp_path / "a", b"new")
    assert names(tmp_path) == []


def test_a_full_disk_leaves_the_older_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.bin"
    atomic_write(path, b"old")
    write = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        write(self, content[: len(content) // 2])
        if content:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return 0

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"cannot write .*a\.bin: the disk is full; free some space"):
        atomic_write(path, b"new content")
    assert names(tmp_path) == ["a.bin"]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "your disk quota is used up"),
        (errno.EFBIG, "larger than is allowed"),
        (errno.EACCES, "no permission"),
        (errno.EPERM, "no permission"),
        (errno.EROFS, "read-only"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_errors_of_the_system_become_one_line_with_the_remedy(number: int, words: str) -> None:
    with pytest.raises(OutputError, match=f"^cannot write a.json: .*{words}") as caught, output_errors("a.json"):
        raise OSError(number, os.strerror(number))
    assert isinstance(caught.value.__cause__, OSError)


def test_a_closed_pipe_and_other_errors_pass() -> None:
    with pytest.raises(BrokenPipeError), output_errors("a.json"):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")
    with pytest.raises(KeyError), output_errors("a.json"):
        raise KeyError("frame")


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


@pytest.mark.parametrize("name", ["x" * 252 + "abc", "x" * 255, "é" * 127, "𝄞" * 63, "x" * 247 + ".parquet"])
@pytest.mark.parametrize("unique", [False, True])
def test_the_longest_names_can_be_written(tmp_path: Path, name: str, unique: bool) -> None:
    atomic_write(tmp_path / name, b"new", unique=unique)
    assert (tmp_path / name).read_bytes() == b"new"
    assert names(tmp_path) == [name]


def test_long_names_that_differ_at_their_end_have_their_own_temporary_files(tmp_path: Path) -> None:
    one, two = (PartialFile(tmp_path / ("x" * 250 + end)) for end in ("a", "b"))
    assert one.temporary != two.temporary
    one.discard()
    two.discard()


def test_a_name_that_is_too_long_for_any_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        atomic_write(tmp_path / ("x" * 256), b"new")
    assert names(tmp_path) == []


def test_a_failed_commit_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    file = PartialFile(tmp_path / "a")
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OutputError, match="no permission"):
        file.commit()
    assert names(tmp_path) == []
