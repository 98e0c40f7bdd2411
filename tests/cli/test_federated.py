"""`emoar federated` without its extra: the help works, and commands name what is missing."""

from __future__ import annotations

import pytest

import emoar.federated.accountant
from emoar.cli import main


def test_the_help_needs_no_extra(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["federated", "--help"]) == 0
    assert "budget" in capsys.readouterr().out


def test_a_missing_extra_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(__import__("sys").modules, "dp_accounting", None)
    assert main(["federated", "budget", "--clients", "10", "--rounds", "2", "--noise", "1"]) == 7
    assert "emoar[federated]" in capsys.readouterr().err
    assert emoar.federated.accountant.ACCOUNTANT


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--noise", "1"], "--clients"),
        (["--noise", "1", "--clients", "10", "--faces", "10"], "--clients"),
        (["--clients", "10"], "--noise"),
        (["--clients", "10", "--noise", "1", "--epsilon", "1"], "--noise"),
        (["--clients", "10", "--noise", "0"], "noise multiplier"),
    ],
)
def test_what_a_budget_needs(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["federated", "budget", "--rounds", "2", *options]) == 2
    assert message in capsys.readouterr().err
