"""Events and scenes as lines of JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emoar.errors import InputError, OutputError
from emoar.events.sinks import open_sink

from .test_detector import face, scene


def test_lines_of_events_and_scenes(tmp_path: Path) -> None:
    for _ in range(2):  # a second run goes on
        outlet = open_sink(f"jsonl:{tmp_path / 'e.jsonl'}?rate=0")
        outlet.send(scene(0.0, face()))
        outlet.send(scene(0.1, face()))
        outlet.close()
    documents = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()]
    assert [document["event"] for document in documents] == ["face_appeared", "expression_changed", "face_gone"] * 2


def test_scenes_are_lines_too(capsys: pytest.CaptureFixture[str]) -> None:
    outlet = open_sink("jsonl:-")
    outlet.send(scene(0.0, face()))
    outlet.close()
    schemas = [json.loads(line)["schema"] for line in capsys.readouterr().out.splitlines()]
    assert schemas == ["emoar.event/1", "emoar.event/1", "emoar.scene/1", "emoar.event/1", "emoar.scene/1"]


def test_files_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        open_sink(f"jsonl:{tmp_path}")
    with pytest.raises(InputError, match="jsonl: needs a file"):
        open_sink("jsonl:")
