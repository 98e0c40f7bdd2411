"""A federation as users start it: a server, two nodes over TLS, a server that dies in between, and who is refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from emoar.cli import main
from emoar.federated.deployment.certificates import create_authority
from emoar.federated.ledger import read_ledger
from emoar.labels import FER2013
from emoar.training.checkpoint import Checkpoint
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import IndexTargets
from emoar.training.data.write_parquet import write_parquet
from emoar.training.networks.architectures import build

LONGEST_S = 600  # on a slow machine; nothing here takes so long on a quick one


def _until(what: str, done: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_S
    while not done():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.5)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Federation:
    """Commands of one federation as processes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.server, self.port = folder, folder / "server", _free_port()
        self.processes: list[subprocess.Popen[bytes]] = []
        labels = {"fer2013": FER2013}
        recipe = {"architecture": "emoar-s", "size_px": 48, "channels": 1}
        Checkpoint(recipe, labels, build("emoar-s", labels).state_dict(), 1).save(folder / "model.pt")
        assert main(["federated", "keys", "create", str(self.server), "--host", "localhost"]) == 0

    def emoar(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "commands.log").open("ab") as log:
            command = [sys.executable, "-m", "emoar", "federated", *arguments]
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        return process

    def node(self, name: str, *options: str, register: bool = True, authority: Path | None = None) -> Path:
        key = self.folder / name / "key"
        assert main(["federated", "keys", "node", str(key)]) == 0
        if register:
            (self.server / "nodes").mkdir(exist_ok=True)
            shutil.copy(f"{key}.pub", self.server / "nodes" / f"{name}.pub")
        images = np.random.default_rng(len(name)).integers(0, 256, (28, 48, 48), dtype=np.uint8)
        targets = {"fer2013": IndexTargets(FER2013, np.arange(28) % 7)}
        write_parquet(FaceDataset(images, targets, np.full(28, "Training")), key.parent / "faces.parquet")
        self.emoar(
            *("join", f"localhost:{self.port}", "--data", str(key.parent / "faces.parquet"), "--key", str(key)),
            *("--model", str(self.folder / "model.pt"), "--ca", str(authority or self.server / "ca.crt")),
            *("--port", str(_free_port()), *options),
        )
        return key.parent / "key-node"

    def online(self) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "emoar", "federated", "status", str(self.server), "--json"], capture_output=True
        )
        nodes = json.loads(done.stdout).get("nodes", []) if done.returncode == 0 else []
        return sum(node["status"] == "online" for node in nodes)

    def log(self) -> str:
        return (self.folder / "commands.log").read_text()

    def close(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGINT)
        for process in self.processes:
            process.wait(60)


@pytest.fixture
def federation(tmp_path: Path) -> Iterator[Federation]:
    made = Federation(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_two_nodes_and_who_is_refused(federation: Federation) -> None:
    federation.emoar("serve", str(federation.server), "--host", "127.0.0.1", "--port", str(federation.port))
    federation.node("plain")
    private = federation.node("private", "--epsilon", "8")
    stranger = federation.node("stranger", register=False)
    create_authority(federation.folder / "foreign", ["localhost"])
    misled = federation.node("misled", authority=federation.folder / "foreign" / "ca.crt")
    _until("two nodes online", lambda: federation.online() == 2)
    _until("the refusal of a stranger", lambda: "Failed to activate" in _log(stranger))
    _until("the refusal of a foreign server", lambda: "CERTIFICATE_VERIFY_FAILED" in _log(misled))
    _front_passes_nothing_but_the_fleet(federation)

    runs = federation.folder / "run"
    model = federation.folder / "model.pt"
    options = ["--rounds", "2", "--least-clients", "2"]
    running = federation.emoar("run", str(federation.server), "--model", str(model), "-o", str(runs), *options)
    _until("the first round", lambda: (runs / "rounds.jsonl").exists() or running.poll() is not None)
    _kill_the_superlink(federation)
    _until("the end of the run", lambda: running.poll() is not None)
    assert running.returncode == 0, federation.log()
    rounds = [json.loads(line) for line in (runs / "rounds.jsonl").read_text().splitlines()]
    assert [(each["number"], each["accepted"]) for each in rounds] == [(1, 2), (2, 2)]
    ledger = read_ledger(private / "ledger.json")
    assert len(ledger.entries) >= 2
    assert 0 < ledger.spent() <= 8
    final = Checkpoint.load(runs / "final.pt")
    assert not final.weights["heads.fer2013.bias"].equal(Checkpoint.load(model).weights["heads.fer2013.bias"])
    assert federation.online() == 2


def _log(node: Path) -> str:
    path = node / "supernode.log"
    return path.read_text() if path.exists() else ""


def _front_passes_nothing_but_the_fleet(federation: Federation) -> None:
    trusted = ssl.create_default_context(cafile=str(federation.server / "ca.crt"))
    with httpx.Client(base_url=f"https://localhost:{federation.port}", verify=trusted) as client:
        for path in ("/v1/control/list-runs", "/v1/control/start-run", "/v1/runtime/acquire-task", "/docs", "/"):
            assert client.post(path).status_code == 404, path
        assert client.post("/v1/fleet/../control/list-runs").status_code == 404
        assert client.post("/v1/fleet/pull-messages", content=b"").is_client_error
    with pytest.raises(httpx.HTTPError):
        httpx.post(f"http://localhost:{federation.port}/v1/fleet/pull-messages")
    with pytest.raises(httpx.ConnectError, match="certificate"):
        httpx.post(f"https://localhost:{federation.port}/v1/fleet/pull-messages")


def _kill_the_superlink(federation: Federation) -> None:
    """Kills it as a full memory would; `serve` has to start it again and `run` to go on."""
    pattern = str(federation.server / "server.pem")
    listed = subprocess.run(["pgrep", "-f", f"flower-superlink.*{pattern}"], capture_output=True, text=True, check=True)
    os.kill(int(listed.stdout.split()[0]), signal.SIGKILL)
