"""Scenes as a Parquet table on disk."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from makers import make_scene

from emoar.errors import DependencyMissing
from emoar.media.parquet_sink import ParquetSink
from emoar.media.sinks import open_scene_sink
from emoar.types import Frame, Scene


def test_parquet(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pip install 'emoar[data]'")
    sink = open_scene_sink(tmp_path / "a.parquet")
    for index, faces in enumerate((2, 0, 1)):
        sink.write(make_scene(faces, index=index, time_s=index / 30), None)
    assert not (tmp_path / "a.parquet").exists()
    assert sink.close() == f"{tmp_path / 'a.parquet'} (4 rows)"
    rows = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [(row["frame_index"], row["track_id"]) for row in rows] == [(0, 1), (0, 2), (1, None), (2, 1)]
    assert rows[0]["label"] == "happiness"
    assert rows[0]["fer2013_happy"] == pytest.approx(0.82)
    assert rows[0]["reasons"] == []
    assert rows[2]["label"] is None
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]


def test_parquet_of_broken_off_work_is_readable(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pip install 'emoar[data]'")
    sink = open_scene_sink(tmp_path / "a.parquet")
    sink.write(make_scene(), None)
    sink.close(complete=False)
    assert parquet.read_table(tmp_path / "a.parquet").num_rows == 1


def test_parquet_without_rows_leaves_nothing(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow.parquet", reason="pip install 'emoar[data]'")
    assert open_scene_sink(tmp_path / "a.parquet").close() is None
    assert list(tmp_path.iterdir()) == []


def test_parquet_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DependencyMissing, match=r"pip install 'emoar\[data\]'"):
        open_scene_sink(tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_whatever_goes_wrong_the_older_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow.parquet", reason="pip install 'emoar[data]'")
    path = tmp_path / "a.parquet"
    path.write_bytes(b"older")
    sink = ParquetSink(path)
    sink.write(make_scene())

    class Failing:
        def write_table(self, _: object) -> None:
            raise ValueError("no UTF-8")

        def close(self) -> None: ...

    monkeypatch.setattr(sink, "_writer", Failing())
    with pytest.raises(ValueError, match="no UTF-8"):
        sink.close()
    assert sink.close() is None
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.parquet", b"older")]


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pip install 'emoar[data]'")
    scene = make_scene()
    frame = Frame(scene.frame.image, source="caf\udce9.mp4")
    with ParquetSink(tmp_path / "a.parquet") as sink:
        sink.write(Scene(frame, scene.faces))
    assert parquet.read_table(tmp_path / "a.parquet")["source"].to_pylist() == ["caf\ufffd.mp4"]


def test_metadata_that_is_known_late(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pip install 'emoar[data]'")
    with ParquetSink(tmp_path / "scenes.parquet") as sink:
        sink.write(make_scene())
        sink.add_metadata({"by": "hand"})
    metadata = parquet.read_metadata(tmp_path / "scenes.parquet").metadata
    assert metadata[b"by"] == b"hand"
    assert b"emoar.schema" in metadata
