"""A part is whole or it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from makers import make_scene
from pyarrow import parquet

from emoar.archive.part import DONE, FAILED, PartInfo, PartWriter, is_leftover, read_part, write_failed_part
from emoar.errors import OutputError
from emoar.labels import DEFAULT_HEADS
from emoar.media.parquet_sink import ParquetSink

INFO = PartInfo("a/b.mp4", "/v/a/b.mp4", DONE, labels={"happiness": 2}, content_sha256="c0ffee")


def test_a_part_has_the_table_of_scenes_and_its_description(tmp_path: Path) -> None:
    path, plain = tmp_path / "part-1.parquet", tmp_path / "plain.parquet"
    writer, sink = PartWriter(path, DEFAULT_HEADS), ParquetSink(plain)
    for index in range(3):
        scene = make_scene(index, time_s=index / 30, index=index)
        writer.write(scene)
        sink.write(scene)
    assert not path.exists()
    writer.finish(INFO)
    sink.close()
    assert read_part(path) == INFO
    assert parquet.read_table(path).equals(parquet.read_table(plain))
    writer.discard()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["part-1.parquet", "plain.parquet"]


def test_a_part_that_is_not_finished_leaves_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "part-1.parquet"
    write_failed_part(path, INFO, DEFAULT_HEADS)
    writer = PartWriter(path, DEFAULT_HEADS)
    writer.write(make_scene())
    begun = [p for p in tmp_path.iterdir() if p != path]
    assert begun
    assert all(is_leftover(p) for p in begun)
    assert not is_leftover(path)
    writer.discard()
    assert list(tmp_path.iterdir()) == [path]
    assert read_part(path) == INFO


def test_a_failed_part_has_the_columns_and_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "part-1.parquet"
    write_failed_part(path, PartInfo("x", "/x", FAILED, error="empty"), DEFAULT_HEADS)
    table = parquet.read_table(path)
    assert (table.num_rows, "ferplus_anger" in table.column_names) == (0, True)
    found = read_part(path)
    assert found is not None
    assert found.error == "empty"


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.999])
def test_a_part_that_is_cut_short_is_none(share: float, tmp_path: Path) -> None:
    path = tmp_path / "part-1.parquet"
    writer = PartWriter(path, DEFAULT_HEADS)
    writer.write(make_scene())
    writer.finish(INFO)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    assert read_part(path) is None


def test_other_files_are_no_parts(tmp_path: Path) -> None:
    with ParquetSink(tmp_path / "scenes.parquet") as sink:
        sink.write(make_scene())
    assert read_part(tmp_path / "scenes.parquet") is None
    assert read_part(tmp_path / "missing.parquet") is None


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write"):
        write_failed_part(tmp_path / "file" / "part-1.parquet", INFO, DEFAULT_HEADS)
    with pytest.raises(OutputError, match="cannot write"):
        PartWriter(tmp_path / "file" / "part-1.parquet", DEFAULT_HEADS)
