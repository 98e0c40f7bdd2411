"""Tables of markers as people and other programs write them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from emoar.analysis.read_markers import read_markers
from emoar.errors import InputError
from emoar.session.marker import Marker


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("time_s,name\n2.5,b\n0,a\n", [Marker("a", 0), Marker("b", 2.5)]),
        ("\ufeffname;start_s;end_s\nfilm;1,5;3\n\n", [Marker("film", 1.5, 3)]),
        (
            "onset\tduration\ttrial_type\n1\t2\tgo\n4\tn/a\tstop\n5\t0\tbeep\n",
            [
                Marker("go", 1, 3),
                Marker("stop", 4),
                Marker("beep", 5),
            ],
        ),
        ('Time,Label,colour\r\n3,"first, then",red\r\n', [Marker("first, then", 3)]),
    ],
)
def test_tables(text: str, expected: list[Marker], tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_bytes(text.encode())
    assert read_markers(path) == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must name the columns time_s and name, got nothing"),
        (b"time_s,name\n", "has no markers"),
        (b"a,b\n1,2\n", "must name the columns time_s and name, got a, b"),
        (b"time_s,name\nsoon,a\n", "line 2: 'soon' is no number of seconds"),
        (b"time_s,name\n1,a\n2,\n", "line 3: a marker needs a name"),
        (b"time_s,name\n1\n", "line 2: there is no time or no name"),
        (b"time_s,name\n,a\n", "line 2: there is no time or no name"),
        (b"time_s,name,end_s\n3,a,2\n", "line 2: marker 'a' must end after its start"),
        (b"time_s,name\ninf,a\n", "line 2: the time of marker 'a' must be a number"),
        (b"\xff\xd8\xff", "no text in UTF-8"),
        (b"time_s,name\n1,\0\n", "no table of markers"),
    ],
)
def test_files_that_are_no_tables_of_markers(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as error:
        read_markers(path)
    assert "\n" not in str(error.value)


def test_places_that_are_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="there is no file"):
        read_markers(tmp_path / "m.csv")
    with pytest.raises(InputError, match="cannot read"):
        read_markers(tmp_path)

    def refuse(_: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"cannot read .*Permission denied"):
        read_markers(tmp_path / "m.csv")
