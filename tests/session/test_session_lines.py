"""Lines of a gzip file that ends anywhere."""

from __future__ import annotations

import gzip
import zlib

import pytest

from emoar.session.session_lines import GZIP, gzip_lines

LINES = [b"%d %s" % (i, b"scene" * (i % 7)) for i in range(60)]


def flushed() -> tuple[bytes, list[int]]:
    """A file whose every line is flushed, and how long it is after each of them."""
    pack, content, ends = zlib.compressobj(6, zlib.DEFLATED, GZIP), b"", list[int]()
    for line in LINES:
        content += pack.compress(line + b"\n") + pack.flush(zlib.Z_SYNC_FLUSH)
        ends.append(len(content))
    return content + pack.flush(), ends


def read(content: bytes, step: int = 1000) -> tuple[list[bytes], bool]:
    lines = gzip_lines(content[at : at + step] for at in range(0, len(content), step))
    found: list[bytes] = []
    while True:
        try:
            found.append(next(lines))
        except StopIteration as end:
            return found, end.value


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_whole_files(step: int) -> None:
    content, _ = flushed()
    assert read(content, step) == (LINES, True)
    assert read(content + gzip.compress(b"more\n"), step) == ([*LINES, b"more"], True), "a second member"
    assert read(b"") == ([], False)
    assert gzip.decompress(content).splitlines() == LINES, "zcat reads it, too"


def test_a_file_that_ends_anywhere_has_every_line_that_was_flushed() -> None:
    content, ends = flushed()
    for size in range(len(content)):
        found, whole = read(content[:size])
        assert not whole
        assert found == LINES[: len(found)]
        assert len(found) >= sum(end <= size for end in ends)


def test_zeros_at_the_end_hide_nothing_before_them() -> None:
    content, ends = flushed()
    found, whole = read(content[: ends[40]] + bytes(5000))
    assert found[:41] == LINES[:41]
    assert not whole


def test_lines_that_unpack_to_much_more() -> None:
    content = gzip.compress((b"x" * 100_000 + b"\n") * 30)
    found, whole = read(content)
    assert (len(found), {len(line) for line in found}, whole) == (30, {100_000}, True)
