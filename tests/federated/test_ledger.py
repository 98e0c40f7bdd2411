"""Nothing spent is forgotten, nothing unspent is counted."""

from __future__ import annotations

import json
import math
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

import emoar.files
from emoar.errors import InputError, OutputError
from emoar.federated.accountant import Release, epsilon_of
from emoar.federated.ledger import Ledger, read_ledger

RELEASE = Release(2.0, 0.5)


def _ledger(folder: Path, epsilon: float = 4.0) -> Ledger:
    return Ledger(folder / "ledger.json", "client", epsilon, 1e-5)


def test_it_refuses_past_the_budget_and_stays_as_it_was(tmp_path: Path) -> None:
    ledger = _ledger(tmp_path)
    paid = 0
    with pytest.raises(InputError, match=r"budget is spent: epsilon 3\..* of 4, .* nothing is sent"):
        while True:
            assert ledger.spend(RELEASE, f"round {paid}") <= 4
            paid += 1
    assert paid > 1
    assert len(ledger.state().entries) == paid
    with pytest.raises(InputError, match="budget is spent"):
        ledger.check(RELEASE)


def test_a_restart_continues_with_what_was_spent(tmp_path: Path) -> None:
    first = _ledger(tmp_path).spend(RELEASE, "a")
    second = _ledger(tmp_path).spend(RELEASE, "b")
    assert first < second == pytest.approx(epsilon_of([Release(2.0, 0.5, 2)], 1e-5))
    assert [entry.purpose for entry in read_ledger(tmp_path / "ledger.json").entries] == ["a", "b"]


def test_checking_spends_nothing(tmp_path: Path) -> None:
    _ledger(tmp_path).check(RELEASE)
    assert not (tmp_path / "ledger.json").exists()


def test_a_full_disk_raises_and_counts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = _ledger(tmp_path)
    ledger.spend(RELEASE, "a")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(emoar.files.os, "fsync", full)
    with pytest.raises(OutputError, match="the disk is full"):
        ledger.spend(RELEASE, "b")
    monkeypatch.undo()
    assert [entry.purpose for entry in ledger.state().entries] == ["a"]


@pytest.mark.parametrize("now", [0.0, 4e9])
def test_a_wrong_clock_changes_nothing_but_the_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: float
) -> None:
    ledger = _ledger(tmp_path)
    ledger.spend(RELEASE, "a")
    right = time.gmtime
    monkeypatch.setattr(time, "gmtime", lambda *_: right(now))
    assert ledger.spend(RELEASE, "b") == pytest.approx(epsilon_of([RELEASE, RELEASE], 1e-5))
    assert [entry.purpose for entry in ledger.state().entries] == ["a", "b"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"unit": "client"}', '{"unit": "face", "epsilon": 1, "delta": 0.1}']
)
def test_a_damaged_ledger_is_not_an_empty_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "ledger.json").write_text(content)
    with pytest.raises(InputError, match="ledger is damaged"):
        _ledger(tmp_path)


def test_another_budget_or_unit_or_format_is_refused(tmp_path: Path) -> None:
    _ledger(tmp_path).spend(RELEASE, "a")
    with pytest.raises(InputError, match=r"epsilon 4\.0, not 8\.0"):
        _ledger(tmp_path, 8.0)
    with pytest.raises(InputError, match="unit client, not example"):
        Ledger(tmp_path / "ledger.json", "example", 4.0, 1e-5)
    document = json.loads((tmp_path / "ledger.json").read_text()) | {"format": 2}
    (tmp_path / "ledger.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match="newer emoar"):
        _ledger(tmp_path)


def test_a_budget_without_a_limit_is_recorded(tmp_path: Path) -> None:
    ledger = _ledger(tmp_path, math.inf)
    ledger.spend(Release(0.5, 1, 100), "a")
    assert read_ledger(tmp_path / "ledger.json").epsilon == math.inf
    assert _ledger(tmp_path, math.inf).spend(RELEASE, "b") > 100


@pytest.mark.parametrize(("epsilon", "delta"), [(0, 1e-5), (-1, 1e-5), (math.nan, 1e-5), (1, 0), (1, 1)])
def test_a_budget_has_a_range(tmp_path: Path, epsilon: float, delta: float) -> None:
    with pytest.raises(InputError, match="a budget has epsilon"):
        Ledger(tmp_path / "ledger.json", "client", epsilon, delta)


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    _ledger(tmp_path).spend(RELEASE, "a")
    assert stat.S_IMODE((tmp_path / "ledger.json").stat().st_mode) == 0o600


def test_processes_that_spend_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from emoar.federated.ledger import Ledger;"
        "from emoar.federated.accountant import Release\n"
        "ledger = Ledger(Path(sys.argv[1]), 'client', 1000.0, 1e-5)\n"
        "for number in range(5): ledger.spend(Release(2.0, 0.5), sys.argv[2])"
    )
    path = tmp_path / "ledger.json"
    started = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in "ab"]
    assert [process.wait() for process in started] == [0, 0]
    assert sorted(entry.purpose for entry in read_ledger(path).entries) == [*"aaaaa", *"bbbbb"]
