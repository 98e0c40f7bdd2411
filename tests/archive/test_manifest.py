"""The manifest has a row for each part."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyarrow import parquet

from emoar.archive import manifest
from emoar.archive.manifest import write_manifest
from emoar.archive.part import DONE, FAILED, PartInfo
from emoar.archive.results import ResultsFolder
from emoar.errors import OutputError

INFOS = [
    PartInfo(
        "a.mp4", "/v/a.mp4", DONE, None, 10, 5, "c0", "m0", "o0", "0.1.0", 2.5, 64, 48, 75, 70, 2, {"fear": 3}, 0.5
    ),
    PartInfo("b.mp4", "/v/b.mp4", FAILED, "b.mp4 is empty (0 bytes)"),
]


def test_the_rows_of_the_manifest(tmp_path: Path) -> None:
    with ResultsFolder(tmp_path / "r") as results:
        write_manifest(results, INFOS)
        first, second = parquet.read_table(results.manifest).to_pylist()
    assert first["part"] == f"scenes/{results.part_of('a.mp4').name}"
    assert json.loads(first["labels"]) == {"fear": 3}
    assert (first["state"], first["content_sha256"], first["video_s"], first["seconds"]) == ("done", "c0", 2.5, 0.5)
    assert (second["state"], second["error"]) == ("failed", "b.mp4 is empty (0 bytes)")
    assert (second["size_bytes"], second["content_sha256"]) == (None, None)


def test_without_parts_it_has_its_columns(tmp_path: Path) -> None:
    with ResultsFolder(tmp_path / "r") as results:
        write_manifest(results, [])
        table = parquet.read_table(results.manifest)
    assert (table.num_rows, table.column_names[:3]) == (0, ["source", "state", "error"])


def test_one_that_cannot_be_written_leaves_the_older_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with ResultsFolder(tmp_path / "r") as results:
        write_manifest(results, INFOS)
        monkeypatch.setattr(manifest.os, "fsync", fail)
        with pytest.raises(OutputError, match="disk is full"):
            write_manifest(results, [])
        assert parquet.read_table(results.manifest).num_rows == 2
        assert not list(results.root.glob("*.part"))
