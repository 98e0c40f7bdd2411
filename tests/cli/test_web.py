"""`emoar web build`: where the app is, how large, and its steps on stderr."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.parametrize("quiet", [False, True])
def test_build(quiet: bool, tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(output: Path | None, log: Callable[[str], None]) -> Path:
        log("building ...")
        assert output == tmp_path / "site"
        output.mkdir()
        (output / "index.html").write_bytes(bytes(2_000_000))
        return output

    monkeypatch.setattr("emoar.cli.web.build_web_app", build)
    result = emoar("web", "build", "-o", tmp_path / "site", *(["-q"] if quiet else []))
    assert result.code == 0
    assert result.out.startswith(f"{tmp_path / 'site'} (2 MB")
    assert result.err == ("" if quiet else "building ...\n")


def test_without_a_subcommand_it_shows_help(emoar: Callable) -> None:
    result = emoar("web")
    assert "build" in result.out + result.err
