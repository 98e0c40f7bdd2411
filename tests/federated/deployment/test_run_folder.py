"""A run continues from its folder; a full disk keeps the previous checkpoint."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import emoar.files
from emoar.errors import InputError, OutputError
from emoar.federated.deployment.run_folder import FederationState, RunFolder, plan_from_json, plan_to_json
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.rounds import RoundReport

PLAN = Plan(rounds=3, noise=1.0, clients=4, local=LocalPlan(clip_norm=0.3))
WEIGHTS = {"heads.fer2013.bias": np.arange(7, dtype=np.float32)}
STATE = FederationState(2, WEIGHTS, {"m_t": WEIGHTS, "v_t": {"heads.fer2013.bias": np.ones(7, np.float32)}})


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    (tmp_path / "model.pt").write_bytes(b"weights")
    folder = RunFolder(tmp_path / "run")
    folder.create(PLAN, tmp_path / "model.pt", 8.0)
    return folder


def test_what_is_saved_is_loaded(run: RunFolder) -> None:
    assert run.load() is None
    assert run.plan() == PLAN
    run.save(STATE, RoundReport(2, 4, 3, ("a: refused",), 1.5))
    loaded = run.load()
    assert loaded is not None
    assert loaded.done == 2
    assert loaded.weights["heads.fer2013.bias"].tolist() == list(range(7))
    assert loaded.moments["v_t"]["heads.fer2013.bias"].tolist() == [1] * 7
    assert set(loaded.moments) == {"m_t", "v_t"}
    assert [row["number"] for row in run.history()] == [2]
    ledger = run.ledger()
    assert ledger is not None
    assert ledger.state().epsilon == 8


def test_a_repeated_round_replaces_its_line(run: RunFolder) -> None:
    for number in (1, 2, 2, 3, 2):
        run.save(STATE, RoundReport(number, 4, 3))
    assert [row["number"] for row in run.history()] == [1, 2]


def test_the_same_plan_continues_and_another_is_refused(run: RunFolder, tmp_path: Path) -> None:
    run.create(PLAN, tmp_path / "model.pt", 8.0)
    with pytest.raises(InputError, match="another plan"):
        run.create(Plan(), tmp_path / "model.pt")
    with pytest.raises(InputError, match="holds no run"):
        RunFolder(tmp_path).plan()


def test_a_full_disk_keeps_the_previous_checkpoint(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    run.save(STATE)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(emoar.files.os, "fsync", full)
    with pytest.raises(OutputError, match="the disk is full"):
        run.save(FederationState(3, WEIGHTS, {}))
    loaded = run.load()
    assert loaded is not None
    assert loaded.done == 2


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04"])
def test_a_damaged_checkpoint_is_one_line(run: RunFolder, content: bytes) -> None:
    (run.path / "state.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"state\.npz is damaged"):
        run.load()


def test_plans_travel_as_text() -> None:
    assert plan_from_json(plan_to_json(PLAN)) == PLAN
    for text in ("", "[]", '{"rounds": 0}', '{"speed": 3}'):
        with pytest.raises(InputError):
            plan_from_json(text)
