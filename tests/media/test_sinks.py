"""JSON, JSON Lines, pictures and tables on disk."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from makers import make_scene

from emoar.errors import DependencyMissing, OutputError
from emoar.media.images import read_image
from emoar.media.json_sinks import JsonlSink, JsonSink
from emoar.media.sinks import ImageSink, open_scene_sink, write_image


@pytest.mark.parametrize("count", [0, 1, 3])
def test_jsonl(tmp_path: Path, count: int) -> None:
    sink = JsonlSink(tmp_path / "sub" / "a.jsonl")
    for index in range(count):
        sink.write(make_scene(index=index))
    said = sink.close()
    assert said == (f"{tmp_path / 'sub' / 'a.jsonl'} ({count} scenes)" if count else None)
    lines = (tmp_path / "sub" / "a.jsonl").read_text().splitlines()
    assert [json.loads(line)["frame_index"] for line in lines] == list(range(count))


def test_jsonl_can_be_followed_while_it_is_written(tmp_path: Path) -> None:
    with JsonlSink(tmp_path / "a.jsonl") as sink:
        sink.write(make_scene())
        assert (tmp_path / "a.jsonl").read_text().endswith("}\n")


def test_jsonl_is_kept_when_work_is_broken_off(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), JsonlSink(tmp_path / "a.jsonl") as sink:
        sink.write(make_scene())
        raise ZeroDivisionError
    assert json.loads((tmp_path / "a.jsonl").read_text())["frame_index"] == 0


def test_jsonl_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    with JsonlSink("-") as sink:
        sink.write(make_scene(2))
    assert len(json.loads(capsys.readouterr().out)["faces"]) == 2
    assert sink.close() is None
    assert not sys.stdout.closed


def test_full_disk() -> None:
    sink = JsonlSink("/dev/full")
    with pytest.raises(OutputError, match="disk is full"):
        sink.write(make_scene())
    assert sink.close(complete=False) is None


def test_a_half_written_line_is_cut_off(tmp_path: Path) -> None:
    sink = JsonlSink(tmp_path / "a.jsonl")
    sink.write(make_scene())
    assert sink._file is not None
    sink._file.write(b'{"schema": "emo')
    sink.close(complete=False)
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_pictures_by_suffix(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    image = np.full((8, 10, 3), (200, 40, 90), np.uint8)
    sink = ImageSink(path)
    sink.write(make_scene(), image)
    assert not path.exists()
    assert sink.close() == str(path)
    assert sink.close() == str(path)
    np.testing.assert_allclose(read_image(path).image, image, atol=6)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_picture_that_could_not_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = ImageSink(tmp_path / "a.png")
    sink.write(make_scene(), None)

    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="disk is full"):
        sink.write(make_scene(), None)
    assert sink.close(complete=False) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["a.bmp", "a", "a.gif"])
def test_unknown_pictures(tmp_path: Path, path: str) -> None:
    with pytest.raises(OutputError, match="name a picture that ends in"):
        write_image(tmp_path / path, np.zeros((2, 2, 3), np.uint8))


def test_a_picture_too_wide_for_jpeg(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"70000 x 1; try \.png"):
        write_image(tmp_path / "a.jpg", np.zeros((1, 70_000, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_json_file(tmp_path: Path) -> None:
    scene = make_scene()
    sink = JsonSink(tmp_path / "a.json")
    sink.write(scene)
    assert sink.close() == str(tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text()) == scene.to_dict()


def test_folders_are_not_files(tmp_path: Path) -> None:
    for kind in (JsonSink, JsonlSink):
        with pytest.raises(OutputError, match="it is a folder"):
            kind(tmp_path)


def test_unknown_scene_files(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.jsonl or \.parquet"):
        open_scene_sink(tmp_path / "a.csv")


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
