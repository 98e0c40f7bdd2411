"""Pipes: their beginning is read and given back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from emoar.errors import MediaError
from emoar.media.peeked import PeekedPipe, is_pipe


@contextmanager
def piped(folder: Path, *parts: bytes) -> Iterator[Path]:
    """A named pipe into which `parts` are written one after the other."""
    path = folder / "pipe"
    os.mkfifo(path)

    def write() -> None:
        with path.open("wb", buffering=0) as pipe:
            for part in parts:
                pipe.write(part)

    writer = Thread(target=write)
    writer.start()
    yield path
    writer.join()


def test_what_is_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    os.mkfifo(tmp_path / "pipe")
    found = [is_pipe(tmp_path / name) for name in ("file", "pipe", "missing", ".")]
    assert found == [False, True, False, False]
    assert is_pipe(Path("-"))
    assert is_pipe(Path("/dev/null"))


def test_a_file_of_that_name_is_no_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-").write_bytes(b"1")
    assert not is_pipe(Path("-"))


@pytest.mark.parametrize("sizes", [(7,), (1, 100_000), (100_000,), (-1,), (65_536, 1, 1)])
def test_nothing_is_lost(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    content = os.urandom(200_000)
    with piped(tmp_path, content[:10], content[10:90_000], content[90_000:]) as path:
        pipe = PeekedPipe(path)
        assert pipe.head == content[: len(pipe.head)]
        assert len(pipe.head) == 65_536
        parts = [pipe.read(size) for size in sizes]
        while part := pipe.read(4096):
            parts.append(part)
        pipe.close()
    assert b"".join(parts) == content


def test_a_copy_can_be_rewound(tmp_path: Path) -> None:
    content = os.urandom(150_000)
    with piped(tmp_path, content) as path:
        pipe = PeekedPipe(path)
        copy = pipe.to_file()
        assert copy.read() == content
        copy.seek(100_000)
        assert copy.read() == content[100_000:]
        pipe.close()
    assert copy.closed


def test_an_empty_pipe(tmp_path: Path) -> None:
    with piped(tmp_path) as path, pytest.raises(MediaError, match=r"empty \(0 bytes\)"):
        PeekedPipe(path)


def test_a_pipe_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot read"):
        PeekedPipe(tmp_path / "missing")


def test_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = os.openpty()
    with pytest.raises(MediaError, match="is a terminal"):
        PeekedPipe(Path(os.ttyname(follower)))
    os.close(leader)
    os.close(follower)
