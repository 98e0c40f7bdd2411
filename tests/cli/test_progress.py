"""Bars on a terminal; nothing anywhere else."""

from __future__ import annotations

import pytest
from rich.console import Console

from emoar.cli import progress
from emoar.cli.progress import bars


@pytest.mark.parametrize("quiet", [False, True])
def test_nothing_where_nobody_watches(quiet: bool, capfd: pytest.CaptureFixture[str]) -> None:
    with bars(quiet) as show:
        show("reading", 1, 3)
    assert capfd.readouterr() == ("", "")


def test_a_bar_for_each_task_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "Console", lambda stderr: Console(stderr=stderr, force_terminal=True, width=80))
    with bars(False) as show:
        for done in range(4):
            show("reading", done, 3)
        show("writing", 1, 0)
    out, err = capfd.readouterr()
    assert out == ""
    assert "reading" in err
    assert "writing" in err
