"""A process of Ray answers for the client whose number its context has, with the faces of that client's file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from federated_faces import FEATURES, HEAD, LABELS, made_faces
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Message, RecordDict

from emoar.federated.deployment.run_folder import plan_to_json
from emoar.federated.local_fleet import local_update
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.secure_aggregation.messages import AskKeys, Keys, from_bytes, to_bytes
from emoar.federated.simulation.faces import Simulation
from emoar.federated.simulation.ray_client import client_app, write_clients

pytestmark = pytest.mark.usefixtures("_in_a_run")
ZEROS = HEAD.zeros(LABELS, FEATURES)
PLAN = Plan(rounds=1, local=LocalPlan(clip_norm=0.5))
FACES = made_faces(21)
SIMULATION = Simulation(HEAD, FACES.features, FACES.labels, FACES.features, FACES.labels)
PLACES = [np.arange(7), np.arange(7, 21)]


def _asked(folder: Path, index: int, config: dict[str, Any], kind: str = "train", **weights: Any) -> Any:
    write_clients(folder, SIMULATION, PLACES, [0.0, 0.0])
    arrays = ArrayRecord({name: Array(value) for name, value in (weights or ZEROS).items()})
    content = RecordDict({"arrays": arrays, "config": ConfigRecord({"round": 2, "plan": plan_to_json(PLAN), **config})})
    context = Context(9, 5, {"partition-id": index}, RecordDict(), {}, 9)
    return client_app(str(folder), seed=3)(Message(content, 5, kind), context).content


def test_an_update_of_the_own_faces(tmp_path: Path) -> None:
    answer = _asked(tmp_path, 1, {})
    client = SIMULATION.client(PLACES[1])
    expected = local_update(client, ZEROS, PLAN.local, np.random.default_rng([3, 2, 1]))
    assert answer.metric_records["metrics"]["num-examples"] == 14
    for name, value in expected.items():
        np.testing.assert_allclose(answer.array_records["arrays"][name].numpy(), value, atol=1e-6)


def test_the_number_of_a_client(tmp_path: Path) -> None:
    assert _asked(tmp_path, 1, {}, kind="query").metric_records["metrics"]["partition-id"] == 1


def test_a_stage_of_secure_aggregation_has_no_update_in_the_clear(tmp_path: Path) -> None:
    answer = _asked(tmp_path, 0, {"question": to_bytes(AskKeys("r"))})
    assert not answer.array_records
    assert len(from_bytes(answer.config_records["config"]["answer"], Keys).mask) == 32


def test_an_error_is_the_answer(tmp_path: Path) -> None:
    answer = _asked(tmp_path, 0, {"question": b"nonsense"})
    assert "cannot be read" in answer.config_records["config"]["error"]
