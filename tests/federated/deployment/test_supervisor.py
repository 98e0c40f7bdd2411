"""A run goes on after its server or ServerApp ended, and gives up where going on cannot help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from emoar.errors import InputError, ServerError, TrainingError
from emoar.federated.accountant import Release
from emoar.federated.deployment.run_folder import FederationState, RunFolder
from emoar.federated.deployment.supervisor import keep_joined, keep_serving, supervise_run
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.rounds import RoundReport


class Flower:
    """Each start makes the given numbers of rounds; a round of 0 ends the ServerApp at once."""

    def __init__(self, folder: RunFolder, rounds: list[int]) -> None:
        self._folder, self._rounds, self.starts = folder, rounds, 0
        self.unreachable = 0

    def start(self, run_folder: Path, timeout_s: float) -> str:
        done = len(self._folder.history())
        for number in range(done + 1, done + 1 + self._rounds[min(self.starts, len(self._rounds) - 1)]):
            self._folder.save(FederationState(number, {"a": np.zeros(1, np.float32)}, {}), RoundReport(number, 2, 2))
        self.starts += 1
        return str(self.starts)

    def status(self, run: str) -> str:
        if self.unreachable:
            self.unreachable -= 1
            raise ServerError("no answer")
        return "finished:failed"


def _folder(tmp_path: Path, plan: Plan, epsilon: float = 0.0) -> RunFolder:
    (tmp_path / "model.pt").write_bytes(b"")
    folder = RunFolder(tmp_path / "run")
    folder.create(plan, tmp_path / "model.pt", epsilon)
    return folder


def test_it_continues_until_the_last_round(tmp_path: Path) -> None:
    folder, lines = _folder(tmp_path, Plan(rounds=4)), list[str]()
    flower: Any = Flower(folder, [1, 0, 2, 1])
    flower.unreachable = 2
    supervise_run(folder, flower, 1.0, lines.append, pause_s=0)
    assert flower.starts == 4
    assert [row["number"] for row in folder.history()] == [1, 2, 3, 4]
    assert [line for line in lines if "server" in line] == [
        "waiting for the server: no answer",
        "the server answers again, after 0 minutes",
    ]


def test_a_run_that_ends_while_it_is_watched_is_not_started_again(tmp_path: Path) -> None:
    folder = _folder(tmp_path, Plan(rounds=4))
    flower: Any = Flower(folder, [2])

    def status(run: str) -> str:  # the last two rounds come after the history was read
        if len(folder.history()) == 2:
            flower.start(folder.path, 1.0)
            flower.starts -= 1
        return "finished:completed"

    flower.status = status
    supervise_run(folder, flower, 1.0, pause_s=0)
    assert flower.starts == 1
    assert len(folder.history()) == 4


def test_it_gives_up_after_ends_without_a_round(tmp_path: Path) -> None:
    folder = _folder(tmp_path, Plan(rounds=4))
    flower: Any = Flower(folder, [0])
    with pytest.raises(TrainingError, match="ended 5 times"):
        supervise_run(folder, flower, 1.0, pause_s=0)
    assert flower.starts == 5


def test_a_spent_budget_ends_it(tmp_path: Path) -> None:
    plan = Plan(rounds=4, noise=1.0, clients=2, local=LocalPlan(clip_norm=0.3))
    folder = _folder(tmp_path, plan, 6.0)
    ledger = folder.ledger()
    assert ledger is not None
    ledger.spend(Release(1.0, 1.0), "before")
    flower: Any = Flower(folder, [0])
    with pytest.raises(InputError, match="budget is spent"):
        supervise_run(folder, flower, 1.0, pause_s=0)


def test_serving_restarts_what_ended_and_registers_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[str] = []

    class Link:
        starts = 1
        checks = 0

        def __enter__(self) -> Link:
            return self

        def __exit__(self, *_: object) -> None: ...

        @property
        def running(self) -> bool:
            self.checks += 1
            return self.checks != 3

        def start(self) -> None:
            self.starts += 1

        def stop(self) -> None: ...

    class Command:
        def __init__(self, folder: Path) -> None: ...

        def nodes(self) -> list[str]:
            return []

        def register(self, keys: list[Path]) -> tuple[dict[Path, str], dict[Path, str]]:
            registered.extend(key.stem for key in keys)
            return dict.fromkeys(keys, "5"), {}

    (tmp_path / "nodes").mkdir()
    (tmp_path / "nodes" / "anna.pub").touch()
    monkeypatch.setattr("emoar.federated.deployment.supervisor.FlowerCommand", Command)
    monkeypatch.setattr("emoar.federated.deployment.supervisor._PAUSE_S", 0)
    link: Any = Link()
    keep_serving(tmp_path, link, stop=lambda: link.checks > 4)
    assert registered == ["anna", "anna"]
    assert link.starts == 2


class Running:
    """A server that never ends."""

    running = True

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None: ...


class Command:
    """Registers keys as node 1, 2, ...; some cannot be registered for a while.

    Args:
        clock: of the test.
        refused: name of a key -> until when it is refused.
    """

    def __init__(self, clock: Clock, refused: Mapping[str, float] = MappingProxyType({})) -> None:
        self._clock, self._refused = clock, refused
        self.tries: list[tuple[float, list[str]]] = []
        self.ended: list[str] = []
        self.reachable = True

    def nodes(self) -> list[str]:
        return []

    def register(self, keys: list[Path]) -> tuple[dict[Path, str], dict[Path, str]]:
        self.tries.append((self._clock.now, [key.stem for key in keys]))
        late = {key for key in keys if self._clock.now < self._refused.get(key.stem, 0)}
        nodes = {key: f"{len(self.tries)}-{key.stem}" for key in keys if key not in late}
        return nodes, dict.fromkeys(late, "the server did not answer")

    def unregister(self, node: str) -> None:
        if not self.reachable:
            raise ServerError("no answer")
        self.ended.append(node)


@pytest.fixture
def serving(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Serves with the keys of anna and bert until a time; returns the lines of the log."""
    (tmp_path / "nodes").mkdir()
    for name in ("anna", "bert"):
        (tmp_path / "nodes" / f"{name}.pub").write_text(f"key of {name}")

    def serve(command: Command, until: float, at: Callable[[float], None] = lambda _now: None) -> list[str]:
        def stop() -> bool:
            at(clock.now)
            return clock.now > until

        link: Any = Running()
        monkeypatch.setattr("emoar.federated.deployment.supervisor.FlowerCommand", lambda _folder: command)
        lines: list[str] = []
        keep_serving(tmp_path, link, lines.append, stop=stop)
        return lines

    return serve


def test_a_key_that_could_not_be_registered_is_tried_again(clock: Clock, serving: Callable[..., list[str]]) -> None:
    """Its reason is in the log once."""
    command = Command(clock, {"bert": 50.0})
    lines = serving(command, 100)
    assert [names for _, names in command.tries] == [["anna", "bert"], ["bert"], ["bert"]]
    assert command.tries[1][0] - command.tries[0][0] >= 30
    assert lines == ["node anna may join", "bert.pub: the server did not answer", "node bert may join"]


def test_a_node_whose_key_is_gone_may_no_longer_join(
    tmp_path: Path, clock: Clock, serving: Callable[..., list[str]]
) -> None:
    command = Command(clock)

    def at(now: float) -> None:
        command.reachable = now >= 20
        if now >= 10:
            (tmp_path / "nodes" / "anna.pub").unlink(missing_ok=True)
        if now >= 30:  # another device takes the name
            (tmp_path / "nodes" / "bert.pub").write_text("another key")

    lines = serving(command, 40, at)
    assert lines[:2] == ["node anna may join", "node bert may join"]
    assert lines[2] == f"node anna may no longer join: its key is gone from {tmp_path / 'nodes'}"
    assert [line.split(":")[0] for line in lines[3:]] == ["node bert may no longer join", "node bert may join"]
    assert command.ended == ["1-anna", "1-bert"]


class Clock:
    """A clock that sleeping moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("emoar.federated.deployment.supervisor.time", made)
    return made


def test_a_run_survives_a_server_that_is_gone_for_an_hour(tmp_path: Path, clock: Clock) -> None:
    folder, lines = _folder(tmp_path, Plan(rounds=4)), list[str]()
    flower: Any = Flower(folder, [1, 3])

    def status(run: str) -> str:
        if 10 < clock.now < 3610:
            raise ServerError("no answer")
        return "finished:failed" if clock.now >= 3610 else "running"

    flower.status = status
    supervise_run(folder, flower, 1.0, lines.append)
    assert 3610 <= clock.now < 3700
    assert [line for line in lines if "server" in line] == [
        "waiting for the server: no answer",
        "the server answers again, after 60 minutes",
    ]
    assert [row["number"] for row in folder.history()] == [1, 2, 3, 4]


class Node:
    """A node that ends at once while the server is gone."""

    log = Path("supernode.log")

    def __init__(self, clock: Clock, away: tuple[float, float]) -> None:
        self._clock, self._away, self.starts = clock, away, 0

    def __enter__(self) -> Node:
        self.start()
        return self

    def __exit__(self, *_: object) -> None: ...

    def start(self) -> None:
        self.starts += 1

    def stop(self) -> None: ...

    @property
    def running(self) -> bool:
        return not self._away[0] < self._clock.now < self._away[1]

    @property
    def trouble(self) -> str:
        return "" if self.running else "the server cannot be reached"


def test_a_node_survives_a_server_that_is_gone_for_an_hour(clock: Clock) -> None:
    node: Any = Node(clock, (20, 3620))
    lines: list[str] = []
    keep_joined(node, lines.append, stop=lambda: clock.now > 3800)
    assert lines == ["not connected: the server cannot be reached; trying again", "connected to the server again"]
    assert 50 < node.starts < 70  # about once a minute


def test_a_node_that_ends_without_a_reason_names_its_log(clock: Clock) -> None:
    node: Any = Node(clock, (20, 40))
    node.__class__ = type("Silent", (Node,), {"trouble": ""})
    lines: list[str] = []
    keep_joined(node, lines.append, stop=lambda: clock.now > 100)
    assert lines[0] == "not connected: the node ended: see supernode.log; trying again"
