"""Scenes as JSON and JSON Lines on disk."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from makers import make_scene

from emoar.errors import OutputError
from emoar.media.json_sinks import JsonlSink, JsonSink


@pytest.mark.parametrize("count", [0, 1, 3])
def test_jsonl(tmp_path: Path, count: int) -> None:
    sink = JsonlSink(tmp_path / "sub" / "a.jsonl")
    for index in range(count):
        sink.write(make_scene(index=index))
    kept = sink.close()
    assert kept == (f"{tmp_path / 'sub' / 'a.jsonl'} ({count} scenes)" if count else None)
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


def test_an_older_file_stays_until_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("older\n")
    sink = JsonlSink(path)
    assert path.read_text() == "older\n"
    assert sink.close(complete=False) is None
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl"]
    assert path.read_text() == "older\n"
    with JsonlSink(path) as sink:
        sink.write(make_scene())
        assert path.read_text().startswith('{"schema"')
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl"]


@pytest.mark.parametrize("kind", [JsonSink, JsonlSink])
def test_whatever_goes_wrong_the_older_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[JsonSink | JsonlSink]
) -> None:
    path = tmp_path / "a.json"
    path.write_text("older")
    sink = kind(path)
    scene = make_scene()

    def fail(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(scene), "to_dict", lambda self, **_: fail())
    with pytest.raises(ZeroDivisionError):
        sink.write(scene)
    assert sink.close(complete=False) is None
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.json", "older")]
