"""A run of Flower, over TLS, gets the mean of browsers from one node."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
from browser_updates import MODEL, browser_update

from emoar.federated.deployment.browser_settings import BrowserSettings
from emoar.federated.deployment.certificates import create_authority, create_node_key
from emoar.federated.deployment.flower_command import FlowerCommand
from emoar.federated.deployment.processes import free_port
from emoar.federated.deployment.run_folder import RunFolder
from emoar.federated.deployment.server_app import start_weights
from emoar.federated.deployment.superlink import SuperLink
from emoar.federated.deployment.supernode import SuperNode
from emoar.federated.deployment.supervisor import keep_serving, supervise_run
from emoar.federated.gateway.browser_round import BrowserRound, read_round
from emoar.federated.gateway.tally import add_update
from emoar.federated.head import Head
from emoar.federated.plan import Plan
from emoar.labels import FER2013
from emoar.training.checkpoint import Checkpoint
from emoar.training.networks.architectures import build

LONGEST_S = 600  # on a slow machine
HEAD = Head("fer2013")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    labels = {"fer2013": FER2013}
    recipe = {"architecture": "emoar-s", "size_px": 48, "channels": 1}
    return Checkpoint(recipe, labels, build("emoar-s", labels).state_dict(), 1).save(tmp_path / "model.pt")


@contextmanager
def _federation(folder: Path, settings: Path) -> Iterator[FlowerCommand]:
    """A server, and the gateway as its only node."""
    create_authority(folder / "server", ["localhost"])
    key = folder / "gateway-key" / "key"
    public = create_node_key(key)
    (folder / "server" / "nodes").mkdir()
    shutil.copy(public, folder / "server" / "nodes" / "gateway.pub")
    port, end = free_port(), Event()
    superlink = SuperLink(folder / "server", "127.0.0.1", port)
    known = Event()

    def log(line: str, /) -> None:
        if line == "node gateway may join":
            known.set()

    serving = Thread(target=keep_serving, args=(folder / "server", superlink, log, end.is_set), daemon=True)
    with ExitStack() as stack:
        serving.start()
        stack.callback(serving.join)
        stack.callback(end.set)
        assert known.wait(LONGEST_S), "the key was not registered"
        address, authority = f"localhost:{port}", folder / "server" / "ca.crt"
        stack.enter_context(SuperNode(settings, address, authority, key, kind="browsers"))
        yield FlowerCommand(folder / "server")


def _opened(folder: Path, running: Thread, last: str) -> BrowserRound:
    """The next round that the gateway opens."""
    end = time.monotonic() + LONGEST_S
    while (opened := read_round(folder)) is None or opened.round == last:
        assert time.monotonic() < end, "the gateway opened no round"
        assert running.is_alive(), "the run ended"
        time.sleep(0.2)
    return opened


def test_each_round_gets_the_mean_of_browsers(tmp_path: Path, model: Path) -> None:
    gateway, runs = tmp_path / "gateway", RunFolder(tmp_path / "run")
    gateway.mkdir()
    fingerprint = hashlib.sha256(model.read_bytes()).hexdigest()
    settings = BrowserSettings(
        str(gateway), fingerprint, MODEL.name, MODEL.sha256, "fer2013", FER2013, 0.5, 1e-6, at_least=2
    )
    settings.write(gateway / "browsers.json")
    plan = Plan(rounds=2, least_clients=1)
    runs.create(plan, model)
    before = start_weights(model, plan)
    log: list[str] = []
    with _federation(tmp_path, gateway / "browsers.json") as flower:
        running = Thread(target=supervise_run, args=(runs, flower, 300.0, log.append), daemon=True)
        running.start()
        first = _opened(gateway, running, "")
        assert np.allclose(first.weights, before[HEAD.weight], atol=1e-6)
        _send(gateway, first, 0.001, 0.003)
        second = _opened(gateway, running, first.round)
        assert np.allclose(second.weights, before[HEAD.weight] + 0.002, atol=1e-5)  # with the mean of the first round
        _send(gateway, second, 0.002, 0.002)
        running.join(LONGEST_S)
        assert not running.is_alive()
    state = runs.load()
    assert state is not None, log
    assert state.done == 2
    for name in (HEAD.weight, HEAD.bias):
        assert np.allclose(state.weights[name], before[name] + 0.004, atol=1e-5)
    assert [(row["accepted"], row["refused"]) for row in runs.history()] == [(1, []), (1, [])]


def _send(folder: Path, opened: BrowserRound, *values: float) -> None:
    rows, columns = opened.weights.shape
    for value in values:
        numbers: dict[str, Any] = {"weights": [[value] * columns] * rows, "bias": [value] * rows}
        add_update(folder, browser_update(round=opened.round, **numbers))
