"""What a node sends is paid for first; what it cannot send has a reason."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from federated_faces import FEATURES, HEAD, LABELS, made_faces

import emoar.files
from emoar.errors import InputError, OutputError
from emoar.federated.deployment.client_app import paid_update
from emoar.federated.deployment.node_settings import NodeSettings
from emoar.federated.deployment.run_folder import plan_to_json
from emoar.federated.ledger import read_ledger
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.updates import l2_norm

ZEROS = HEAD.zeros(LABELS, FEATURES)
PLAN = Plan(rounds=2, local=LocalPlan(clip_norm=0.5))
CONFIG: dict[str, Any] = {"model": "f1", "plan": plan_to_json(PLAN), "round": 1}


@pytest.fixture
def node(tmp_path: Path) -> NodeSettings:
    faces = made_faces(70)
    images = np.zeros((70, 48, 48), np.uint8)
    np.savez(tmp_path / "faces.npz", features=faces.features, images=images, labels=faces.labels)
    return NodeSettings(str(tmp_path / "faces.npz"), "model.pt", "f1", str(tmp_path / "ledger.json"), epsilon=4.0)


def test_settings_are_read_as_written(node: NodeSettings, tmp_path: Path) -> None:
    node.write(tmp_path / "node.json")
    assert NodeSettings.read(tmp_path / "node.json") == node
    with pytest.raises(InputError, match="start it again"):
        NodeSettings.read(tmp_path / "none.json")


def test_all_rounds_of_a_plan_fit_into_the_budget_and_no_more(node: NodeSettings) -> None:
    for number in (1, 2):
        delta, examples = paid_update(node, ZEROS, {**CONFIG, "round": number}, 5)
        assert l2_norm(delta) <= 0.5
        assert examples == 70
    state = read_ledger(Path(node.ledger))
    assert 3.8 < state.spent() <= 4
    assert [entry.purpose for entry in state.entries] == ["run 5, round 1", "run 5, round 2"]
    with pytest.raises(InputError, match="budget is spent"):
        paid_update(node, ZEROS, CONFIG, 6)
    assert len(read_ledger(Path(node.ledger)).entries) == 2


def test_without_a_budget_nothing_is_counted(node: NodeSettings) -> None:
    plain = dataclasses.replace(node, epsilon=0.0)
    paid_update(plain, ZEROS, CONFIG, 5)
    assert not Path(node.ledger).exists()


def test_a_full_disk_sends_nothing(node: NodeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(emoar.files.os, "fsync", full)
    with pytest.raises(OutputError, match="the disk is full"):
        paid_update(node, ZEROS, CONFIG, 5)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model": "f0"}, "another model"),
        ({"plan": "{}x"}, "no plan"),
        ({"plan": plan_to_json(Plan(label_set="ferplus"))}, "the server trains ferplus"),
    ],
)
def test_what_does_not_fit_is_refused_and_costs_nothing(
    node: NodeSettings, config: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        paid_update(node, ZEROS, {**CONFIG, **config}, 5)
    assert not Path(node.ledger).exists()
