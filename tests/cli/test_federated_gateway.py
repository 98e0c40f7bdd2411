"""`emoar federated gateway`: its help names the command that serves the page, and without the extra it names that.

With a federation and browsers: tests/federated.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from emoar.cli import main


def test_the_help_needs_no_extra(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["federated", "gateway", "--help"]) == 0
    assert "emoar serve --federated" in capsys.readouterr().out


def test_a_missing_extra_is_one_line_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "dp_accounting", None)
    folder = tmp_path / "gateway"
    files = [f"--{name}={tmp_path / name}" for name in ("model", "ca", "key")]
    assert main(["federated", "gateway", "localhost:9", str(folder), *files]) == 7
    error = capsys.readouterr().err
    assert "emoar[federated]" in error
    assert len(error.splitlines()) == 1
    assert not folder.exists()


def test_a_mean_is_of_several_browsers(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["federated", "gateway", "localhost:9", "g", "--model", "m", "--ca", "c", "--key", "k", "--at-least", "1"]
    assert main(given) == 2
    assert "--at-least" in capsys.readouterr().err
