"""The segments and scans of JPEG files."""

from __future__ import annotations

from emoar.media.picture_files.jpeg import (
    START_OF_SCAN,
    all_segments,
    count_scans,
    end_of_segments,
    segments_before_scan,
)

from ..stored_pictures import encoded, picture, scans_of


def test_scans_are_counted_until_there_are_too_many() -> None:
    assert count_scans(encoded(picture(), "JPEG"), 100) == 1
    data = scans_of(64, 64, 30)
    assert (count_scans(data, 100), count_scans(data, 10)) == (30, 11)
    second = data + scans_of(64, 64, 90)  # cameras append a second picture: it is not decoded
    assert count_scans(second, 100) == 30
    hidden = data.replace(b"\xff\xda", b"\xff\xfe\0\4\xff\xd9\xff\xda")  # an end inside a comment is none
    assert count_scans(hidden, 100) == 30


def test_segments_are_found_before_and_between_scans() -> None:
    data = encoded(picture(), "JPEG", progressive=True)
    before = list(segments_before_scan(data))
    everything = list(all_segments(data))
    assert everything[: len(before)] == before
    assert [marker for marker, _, _ in everything].count(START_OF_SCAN) == count_scans(data, 100) > 5
    assert data[end_of_segments(data) :][:2] == b"\xff\xda"
