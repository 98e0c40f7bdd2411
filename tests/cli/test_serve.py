"""`emoar serve`: the options and the file become settings; the server itself has tests of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from emoar.server.settings import Settings


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """What would be served."""
    seen: list[Settings] = []
    monkeypatch.setattr("emoar.server.run.serve", seen.append)
    return seen


def test_options_come_before_the_file(tmp_path: Path, emoar: Callable, served: list[Settings]) -> None:
    config = tmp_path / "emoar.toml"
    config.write_text("port = 1\nmax_faces = 6\n")
    result = emoar("serve", "--config", config, "--port", "0", "--model", "emoar-s", "--model-folder", tmp_path, "-q")
    assert (result.code, result.out, result.err) == (0, "", "")
    (settings,) = served
    assert (settings.port, settings.max_faces, settings.model, settings.model_folder) == (0, 6, "emoar-s", tmp_path)
    assert settings.log_level == "warning"


def test_settings_are_printed(emoar: Callable, served: list[Settings]) -> None:
    result = emoar("serve", "--settings", "--port", "7000")
    assert result.code == 0
    assert "EMOAR_PORT" in result.out
    assert "7000" in result.out
    assert served == []


def test_wrong_settings_are_one_line(emoar: Callable, served: list[Settings]) -> None:
    result = emoar("serve", "--engine", "steam")
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "engine" in result.err
    assert served == []


def test_programs_to_send_to(emoar: Callable, served: list[Settings]) -> None:
    assert emoar("serve", "--send", "osc://127.0.0.1:9000", "--send", "jsonl:a.jsonl?rate=0").code == 0
    assert served[0].sinks() == ("osc://127.0.0.1:9000", "jsonl:a.jsonl?rate=0")
    result = emoar("serve", "--send", "gopher://host")
    assert result.code == 2
    assert "gopher: is no way out of EmoAR" in result.err
    assert "send needs engine local" in emoar("serve", "--engine", "ray", "--send", "osc://127.0.0.1:9000").err
