"""Twenty nodes that join, leave and are killed, a server that is killed, over TLS: nothing is lost silently."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from federated_deployment import Federation, until
from federated_nodes import LightNode
from flwr.supercore import date

from emoar.federated.deployment.client_app import train
from emoar.federated.deployment.node_settings import NodeSettings
from emoar.federated.deployment.node_trouble import trouble
from emoar.federated.deployment.run_folder import RunFolder
from emoar.federated.head import Head
from emoar.training.checkpoint import Checkpoint

NODES, ROUNDS = 20, 10
WEIGHT = Head("fer2013").weight


class Many(Federation):
    """A federation of light nodes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.keys = [self.key(f"node{index:02d}") for index in range(NODES)]
        self.nodes: list[LightNode] = []
        width = Checkpoint.load(self.model).weights[WEIGHT].shape[1]
        for index, key in enumerate(self.keys):
            rng = np.random.default_rng(index)
            features = rng.normal(size=(21, width)).astype(np.float32)
            np.savez(key.parent / "faces.npz", features=features, images=np.zeros((21, 1, 1)), labels=np.arange(21) % 7)
            settings = NodeSettings(
                str(key.parent / "faces.npz"),
                str(self.model),
                hashlib.sha256(self.model.read_bytes()).hexdigest(),
                str(key.parent / "ledger.json"),
            )
            settings.write(key.parent / "node.json")

    def join(self, *indices: int) -> list[LightNode]:
        """Starts nodes."""
        made = [
            LightNode(
                f"localhost:{self.port}",
                self.server / "ca.crt",
                self.keys[index],
                {"settings": str(self.keys[index].parent / "node.json")},
                train,
            )
            for index in indices
        ]
        self.nodes += made
        return made

    def kill_everything_of_the_server(self, running: subprocess.Popen[bytes], serving: subprocess.Popen[bytes]) -> None:
        """Kills the commands on the server; what they have started ends with them."""
        for process in (running, serving):
            process.send_signal(signal.SIGKILL)
            process.wait(60)

    def close(self) -> None:
        """Ends all nodes and commands."""
        for node in self.nodes:
            node.leave()
        super().close()
        assert [node.error for node in self.nodes if node.error] == []


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Many]:
    made = Many(tmp_path)
    try:
        yield made
    finally:
        made.close()


def _rounds(folder: Path, running: subprocess.Popen[bytes], count: int, log: Any) -> list[dict[str, Any]]:
    """Waits for that many rounds; each has a checkpoint before it is in the history."""
    path = folder / "rounds.jsonl"

    def there() -> bool:
        lines = path.read_text().splitlines() if path.exists() else []
        if lines:
            state = RunFolder(folder).load()
            assert state is not None
            assert state.done >= len(lines)
            assert all(np.isfinite(value).all() for value in state.weights.values())
        return len(lines) >= count or running.poll() is not None

    until(f"round {count}", there)
    assert running.poll() in (None, 0), log()
    return [json.loads(line) for line in path.read_text().splitlines()]


def _unanswered(report: dict[str, Any]) -> int:
    """The number of clients that a round names as refused or as silent."""
    found = 0
    for line in report["refused"]:
        silent = re.match(r"(\d+) of \d+ clients did not answer", line)
        found += int(silent[1]) if silent else 1
    return found


def _check_nothing_is_lost_silently(many: Many, rounds: list[dict[str, Any]]) -> None:
    for report in rounds:
        assert report["accepted"] + _unanswered(report) == report["chosen"], report
        if report["accepted"]:
            runs = {run for node in many.nodes for run, number in node.sent if number == report["number"]}
            most = max(
                sum((run, report["number"]) in node.sent for node in many.nodes) for run in runs
            )  # of a round that was repeated, the last time counts
            assert most - _unanswered(report) <= report["accepted"] <= most, report


def test_twenty_nodes_come_and_go(many: Many) -> None:
    serving = many.serve()
    first = many.join(*range(14))
    until("fourteen nodes", lambda: all(node.joined for node in first))
    runs = many.folder / "run"
    options = ["--rounds", str(ROUNDS), "--least-clients", "3", "--timeout", "60"]
    running = many.run(runs, *options)
    _rounds(runs, running, 1, many.log)
    late = many.join(*range(14, 20))
    until("twenty nodes", lambda: all(node.joined for node in late))
    _rounds(runs, running, 2, many.log)
    for node in first[:3]:
        node.kill("with the answer" if node is first[0] else "with the question")
    until("three deaths", lambda: all(node.died.is_set() for node in first[:3]))
    _rounds(runs, running, 4, many.log)
    many.kill_superlink()
    many.join(0, 1)  # of those who died, with the same keys
    for node in first[3:6]:
        node.leave()
    _rounds(runs, running, 7, many.log)
    many.kill_everything_of_the_server(running, serving)
    before = len((runs / "rounds.jsonl").read_text().splitlines())
    serving, running = many.serve(), many.run(runs, *options)
    rounds = _rounds(runs, running, ROUNDS, many.log)
    until("the end of the run", lambda: running.poll() is not None)
    assert running.returncode == 0, many.log()

    assert [report["number"] for report in rounds] == list(range(1, ROUNDS + 1))
    assert before >= 7
    assert rounds[0]["chosen"] == 14
    assert max(report["accepted"] for report in rounds) >= 17
    assert all(report["accepted"] >= 3 and not report["kept"] for report in rounds)
    assert any(_unanswered(report) for report in rounds)  # the three deaths
    _check_nothing_is_lost_silently(many, rounds)
    start, final = (Checkpoint.load(path).weights[WEIGHT] for path in (many.model, runs / "final.pt"))
    assert bool(final.isfinite().all())
    assert not final.equal(start)


def _check_a_wrong_clock_is_refused(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        an_hour = datetime.timedelta(hours=1)
        patched.setattr("flwr.supernode.node_auth_http_interceptor.now", lambda: date.now() - an_hour)
        (node,) = many.join(19)
        until("the refusal", lambda: "401" in node.refused)
        assert not node.joined
        assert "the clock of this machine" in trouble(node.refused)
        node.leave()


def test_secure_aggregation_of_twenty_nodes_of_which_some_are_killed_in_each_stage(
    many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    many.serve()
    _check_a_wrong_clock_is_refused(many, monkeypatch)
    nodes = many.join(*range(20))
    until("twenty nodes", lambda: all(node.joined for node in nodes))
    for stage, node in enumerate(nodes[:4]):
        node.kill("with the question", after=stage, farewell=stage != 2)  # one in each stage of the first round
    runs = many.folder / "secure"
    running = many.run(runs, "--rounds", "2", "--secure-aggregation", "--least-clients", "8", "--timeout", "60")
    rounds = _rounds(runs, running, 2, many.log)
    until("the end of the run", lambda: running.poll() is not None)
    assert running.returncode == 0, many.log()
    assert all(node.died.is_set() for node in nodes[:4])
    one, two = rounds
    assert one["accepted"] <= 17  # the last of the four is in the sum
    assert one["accepted"] + _unanswered(one) >= one["chosen"]
    assert not one["kept"]
    assert two["accepted"] >= 8
    final = Checkpoint.load(runs / "final.pt").weights[WEIGHT]
    assert bool(final.isfinite().all())
    assert not final.equal(Checkpoint.load(many.model).weights[WEIGHT])
