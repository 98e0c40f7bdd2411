"""Runs `emoar` in this process, with a pipeline that needs no models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from makers import FakePipeline

from emoar.cli import main
from emoar.cli.options import Settings


@dataclass(frozen=True)
class Ran:
    """What came out of a command."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def emoar(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Calls the command line as the shell does; what native libraries print counts, too."""
    monkeypatch.setattr(Settings, "pipeline", lambda self: FakePipeline())

    def run(*arguments: object) -> Ran:
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return run
