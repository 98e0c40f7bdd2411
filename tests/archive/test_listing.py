"""Videos by files, folders, patterns and lists."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from emoar.archive.listing import find_videos, names_in
from emoar.errors import InputError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("v/b.mp4", "v/a/b.MKV", "v/a/notes.txt", "v/.hidden/c.mp4", "v/a/._b.mp4", "w/b.mp4", "empty/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*arguments: str) -> list[str]:
    return [video.source for video in find_videos(arguments)]


def test_a_folder_has_its_videos_named_below_it(folder: Path) -> None:
    assert names("v") == ["b.mp4", "a/b.MKV"]
    assert names(str(folder / "v")) == ["b.mp4", "a/b.MKV"]
    assert find_videos(["v"])[1].path == folder / "v" / "a" / "b.MKV"


def test_files_and_patterns_are_named_as_given(folder: Path) -> None:
    assert names("v/b.mp4", "v/a/notes.txt") == ["v/b.mp4", "v/a/notes.txt"]
    assert names("*/b.mp4") == ["v/b.mp4", "w/b.mp4"]
    assert names("**/*.MKV") == ["v/a/b.MKV"]


def test_a_video_counts_once_and_equal_names_become_paths(folder: Path) -> None:
    assert names("v/b.mp4", "./v/b.mp4", "v/*.mp4") == ["v/b.mp4"]
    assert names("v", "w") == [str(folder / "v/b.mp4"), "a/b.MKV", str(folder / "w/b.mp4")]


def test_a_file_with_the_characters_of_a_pattern(folder: Path) -> None:
    (folder / "take[1].mp4").touch()
    assert names("take[1].mp4") == ["take[1].mp4"]


@pytest.mark.parametrize(
    ("argument", "words"),
    [("nothing.mp4", "does not exist"), ("empty", "has no video in it"), ("*.mov", "does not exist"), ("", "no")],
)
def test_what_names_no_video(argument: str, words: str, folder: Path) -> None:
    with pytest.raises(InputError, match=words):
        find_videos([argument] if argument else [])


def test_a_folder_that_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refuse)  # root may read everything
    with pytest.raises(InputError, match=r"cannot read .*v: Permission denied"):
        find_videos(["v"])


def test_a_list_may_name_missing_files(folder: Path) -> None:
    (folder / "list.txt").write_bytes(b"v/b.mp4\r\n\n  \nnowhere.mp4\n\xff.mp4\n")
    found = find_videos([], names_in("list.txt"))
    assert [video.source for video in found] == ["v/b.mp4", "nowhere.mp4", "\N{REPLACEMENT CHARACTER}.mp4"]
    assert os.fsencode(found[2].path.name) == b"\xff.mp4"


def test_a_list_from_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a.mp4\nb.mp4")))
    assert names_in("-") == ["a.mp4", "b.mp4"]


@pytest.mark.parametrize("content", [None, b"", b"\n \n", b"a\0b"])
def test_bad_lists(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"list\.txt"):
        names_in(str(path))
