"""What a node answers, message by message, with Flower's own messages; nothing leaves in the clear that must not."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from browser_updates import MODEL, browser_update
from federated_faces import FEATURES, HEAD, LABELS, made_faces
from flwr.app import Context, Message, RecordDict
from flwr.serverapp.grid import Grid

from emoar.federated.deployment.browser_settings import BrowserSettings
from emoar.federated.deployment.certificates import create_node_key
from emoar.federated.deployment.client_app import train
from emoar.federated.deployment.grid_fleet import GridFleet
from emoar.federated.deployment.node_settings import NodeSettings
from emoar.federated.gateway.browser_round import read_round
from emoar.federated.gateway.tally import add_update
from emoar.federated.ledger import read_ledger
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.rounds import Federation
from emoar.federated.updates import l2_norm, subtract
from emoar.labels import FER2013

ZEROS = HEAD.zeros(LABELS, FEATURES)
pytestmark = pytest.mark.usefixtures("_in_a_run")
SECURE = Plan(rounds=1, secure=True, least_clients=3, local=LocalPlan(clip_norm=0.5))


class Nodes:
    """A grid of which every node answers with `client_app.train`, in this process, with a context of its own."""

    def __init__(self, folder: Path, count: int, **settings: Any) -> None:
        self.contexts: dict[int, Context] = {}
        self.sent: list[Message] = []
        self.replies: dict[str, Message] = {}
        for number in range(1, count + 1):
            own = folder / str(number)
            own.mkdir()
            faces = made_faces(70, seed=number)
            images = np.zeros((70, 48, 48), np.uint8)
            np.savez(own / "faces.npz", features=faces.features, images=images, labels=faces.labels)
            given = settings | ({"key": settings["key"].format(number)} if "key" in settings else {})
            made = NodeSettings(str(own / "faces.npz"), "model.pt", "f1", str(own / "ledger.json"), **given)
            made.write(own / "node.json")
            self.contexts[number] = Context(9, number, {"settings": str(own / "node.json")}, RecordDict(), {}, 9)

    def get_node_ids(self) -> list[int]:
        return list(self.contexts)

    def push_messages(self, messages: list[Message]) -> list[str]:
        for number, message in enumerate(messages):
            message.metadata.__dict__["_message_id"] = f"m{number}"  # as the SuperLink does
            context = self.contexts[message.metadata.dst_node_id]
            self.sent.append(train(message, context))
            self.replies[f"m{number}"] = self.sent[-1]
        return [message.metadata.message_id for message in messages]

    def pull_messages(self, message_ids: list[str]) -> list[Message]:
        return [self.replies[each] for each in message_ids]


def test_a_secure_round_of_nodes(tmp_path: Path) -> None:
    nodes: Any = Nodes(tmp_path, 4)
    grid: Grid = nodes
    federation = Federation(SECURE, ZEROS, GridFleet(grid, "f1", 1.0), seed=0)
    report = federation.round()
    assert (report.chosen, report.accepted, report.refused, report.kept) == (4, 4, (), "")
    assert 0.1 < l2_norm(subtract(federation.weights, ZEROS)) <= 0.5
    assert len(nodes.sent) == 16
    assert not any(message.content.array_records for message in nodes.sent)  # no update in the clear


def test_a_sum_of_nodes_that_know_each_other(tmp_path: Path) -> None:
    """Each trusts the public keys in a folder. With a node that the server let in later, nobody sends an update."""
    for number in range(1, 6):
        create_node_key(tmp_path / f"key{number}")
    (tmp_path / "nodes").mkdir()
    for number in range(1, 5):
        (tmp_path / "nodes" / f"{number}.pub").write_bytes((tmp_path / f"key{number}.pub").read_bytes())
    nodes: Any = Nodes(tmp_path, 4, nodes=str(tmp_path / "nodes"), key=str(tmp_path / "key{}"))
    report = Federation(SECURE, ZEROS, GridFleet(nodes, "f1", 60.0), seed=0).round()
    assert (report.accepted, report.refused) == (4, ())
    (tmp_path / "with a stranger").mkdir()
    nodes = Nodes(tmp_path / "with a stranger", 5, nodes=str(tmp_path / "nodes"), key=str(tmp_path / "key{}"))
    report = Federation(SECURE, ZEROS, GridFleet(nodes, "f1", 60.0), seed=0).round()
    assert report.accepted == 0
    assert sum("node 5 in secure aggregation has none of the keys in --nodes" in line for line in report.refused) == 4


def test_a_masked_update_is_paid_for_before_it_leaves(tmp_path: Path) -> None:
    nodes: Any = Nodes(tmp_path, 3, epsilon=4.0)
    assert Federation(SECURE, ZEROS, GridFleet(nodes, "f1", 1.0), seed=0).round().accepted == 3
    ledger = read_ledger(tmp_path / "1" / "ledger.json")
    assert [entry.purpose for entry in ledger.entries] == ["run 9, round 1"]


def test_browsers_and_nodes_in_one_secure_sum(tmp_path: Path) -> None:
    nodes: Any = Nodes(tmp_path, 3)
    browsers = BrowserSettings(str(tmp_path), "f1", MODEL.name, MODEL.sha256, "fer2013", FER2013, 0.5, 1e-6, at_least=1)
    browsers.write(tmp_path / "browsers.json")
    nodes.contexts[4] = Context(9, 4, {"browsers": str(tmp_path / "browsers.json")}, RecordDict(), {}, 9)

    def browser() -> None:
        while (opened := read_round(tmp_path)) is None:
            time.sleep(0.01)
        add_update(tmp_path, browser_update(round=opened.round))

    thread = Thread(target=browser, daemon=True)
    thread.start()
    report = Federation(SECURE, ZEROS, GridFleet(nodes, "f1", 600.0), seed=0).round()
    thread.join()
    assert (report.accepted, report.refused, report.kept) == (4, (), "")
    assert not any(message.content.array_records for message in nodes.sent)


def test_a_spent_budget_is_one_lost_client(tmp_path: Path) -> None:
    nodes: Any = Nodes(tmp_path, 4, epsilon=4.0)
    plain = Plan(rounds=1)
    for number in (1, 2):
        report = Federation(plain, ZEROS, GridFleet(nodes, "f1", 1.0), seed=0).round()
        assert report.accepted == (4 if number == 1 else 0)
    assert all("the privacy budget is spent" in line for line in report.refused)


def test_a_node_that_sends_masked_updates_only_refuses_others(tmp_path: Path) -> None:
    nodes: Any = Nodes(tmp_path, 3, secure=True)
    fleet = GridFleet(nodes, "f1", 1.0)
    report = Federation(Plan(rounds=1), ZEROS, fleet, seed=0).round()
    assert report.accepted == 0
    assert all("an update without a mask" in line for line in report.refused)
    assert Federation(SECURE, ZEROS, fleet, seed=0).round().accepted == 3


def test_another_model_is_refused_before_a_key_is_made(tmp_path: Path) -> None:
    nodes: Any = Nodes(tmp_path, 3)
    report = Federation(SECURE, ZEROS, GridFleet(nodes, "f0", 1.0), seed=0).round()
    assert report.kept == "keys of 0 clients came, 3 are needed"
    assert all("another model than this node has" in line for line in report.refused)
    assert not any(context.state.config_records for context in nodes.contexts.values())
