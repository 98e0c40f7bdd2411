"""The block of signatures: what is put in comes out, and damage is seen."""

from __future__ import annotations

import hashlib

import pytest

from emoar.android.entries import write_zip
from emoar.android.signature_block import Sections, content_digest, join_pairs, split_block

APK = write_zip({"a.js": b"a" * 1000, "b.png": b"b"})


def test_a_block_is_put_in_and_read_out() -> None:
    sections = Sections.of(APK)
    assert sections.entries + sections.directory + sections.end == APK
    signed = sections.with_block(join_pairs([(1, b"one"), (2, b"")]))
    again, pairs = split_block(signed)
    assert again == sections, "the end names the directory's place without the block"
    assert (pairs[1], pairs[2]) == (b"one", b"")
    assert (len(signed) - len(APK)) % 4096 == 0


def test_the_digest_is_that_of_the_specification() -> None:
    sections = Sections(b"a" * ((1 << 20) + 1), b"d", b"e")

    def chunk(data: bytes) -> bytes:
        return hashlib.sha256(b"\xa5" + len(data).to_bytes(4, "little") + data).digest()

    chunks = [chunk(b"a" * (1 << 20)), chunk(b"a"), chunk(b"d"), chunk(b"e")]
    assert content_digest(sections) == hashlib.sha256(b"\x5a\x04\0\0\0" + b"".join(chunks)).digest()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "no ZIP file"),
        (b"PK\x05\x06" + bytes(30), "damaged"),
        (APK, "no block"),
        (APK[:-1], "no ZIP file|damaged"),
        (APK + b"more", "damaged"),
    ],
)
def test_other_files_are_refused(data: bytes, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        split_block(data)


def test_a_damaged_block_is_refused() -> None:
    sections = Sections.of(APK)
    block = join_pairs([(1, b"one")])
    wrong_size = (len(block) + 1).to_bytes(8, "little") + block[8:]
    long_pair = block[:8] + (1 << 40).to_bytes(8, "little") + block[16:]
    twice = join_pairs([(1, b"one"), (1, b"two")])
    for damaged in (wrong_size, long_pair, twice):
        with pytest.raises(ValueError, match="block of signatures is damaged"):
            split_block(sections.with_block(damaged))
