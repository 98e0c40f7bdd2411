"""Findings as a value and as a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from cleaning_faces import ITEMS, findings_of, grey_dataset, textured

from emoar.errors import DataError
from emoar.training.clean.findings import FINDINGS, Finding, Findings, read_findings, write_findings


def test_a_finding_is_checked() -> None:
    with pytest.raises(DataError, match=r"finding must be one of blank, not_a_face, .*, got 'blanc'"):
        Finding("blanc", 1, 0.5, "exclude")
    with pytest.raises(DataError, match="score of blank must be within"):
        Finding("blank", 1, 1.5, "exclude")


def test_counts_follow_the_order_of_the_report() -> None:
    found = Findings(ITEMS, "fer2013", {})
    assert found.counts == {"duplicate": 1, "leakage": 1, "profile": 1, "wrong_label": 2, "imbalance": 1}
    assert list(found.counts) == [name for name in FINDINGS if name in found.counts]
    assert Findings((), "fer2013", {}).counts == {}


def test_findings_of_a_name_are_sorted_by_score() -> None:
    found = Findings(ITEMS, "fer2013", {})
    assert [item.row for item in found.of("wrong_label")] == [104, 103]
    assert [item.row for item in found.of("profile", "duplicate")] == [101, 102]
    assert found.of() == []


def test_the_file_gives_back_what_was_written(tmp_path: Path) -> None:
    data = grey_dataset(textured(6))
    written = findings_of(data, *ITEMS)
    write_findings(written, tmp_path / "clean.parquet")
    read = read_findings(tmp_path / "clean.parquet")
    assert [(i.name, i.row, i.suggestion, i.detail, i.other_row) for i in read.items] == [
        (i.name, i.row, i.suggestion, i.detail, i.other_row) for i in ITEMS
    ]
    assert [item.score for item in read.items] == pytest.approx([item.score for item in ITEMS])
    assert (read.label_set, read.hashes, read.name) == (written.label_set, written.hashes, written.name)
    assert [path.name for path in tmp_path.iterdir()] == ["clean.parquet"]


def test_files_that_hold_no_findings(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist: make it with emoar data clean"):
        read_findings(tmp_path / "none.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(DataError, match="no file of findings"):
        read_findings(tmp_path / "bad.parquet")
