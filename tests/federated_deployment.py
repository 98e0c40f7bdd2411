"""A federation as users start it, for the tests: its folder, its commands as processes, and how to wait for them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from emoar.cli import main
from emoar.federated.deployment.processes import free_port
from emoar.labels import FER2013
from emoar.training.checkpoint import Checkpoint
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import IndexTargets
from emoar.training.data.write_parquet import write_parquet
from emoar.training.networks.architectures import build

__all__ = ["Federation", "until"]

LONGEST_S = 600  # on a slow machine; nothing here takes so long on a quick one


def until(what: str, done: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_S
    while not done():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.5)


class Federation:
    """Commands of one federation as processes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.server, self.port = folder, folder / "server", free_port()
        self.model = folder / "model.pt"
        self.processes: list[subprocess.Popen[bytes]] = []
        labels = {"fer2013": FER2013}
        recipe = {"architecture": "emoar-s", "size_px": 48, "channels": 1}
        Checkpoint(recipe, labels, build("emoar-s", labels).state_dict(), 1).save(self.model)
        assert main(["federated", "keys", "create", str(self.server), "--host", "localhost"]) == 0

    def emoar(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts a command of `emoar federated`."""
        with (self.folder / "commands.log").open("ab") as log:
            command = [sys.executable, "-m", "emoar", "federated", *arguments]
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        return process

    def serve(self) -> subprocess.Popen[bytes]:
        """Starts the server."""
        return self.emoar("serve", str(self.server), "--host", "127.0.0.1", "--port", str(self.port))

    def run(self, folder: Path, *options: str) -> subprocess.Popen[bytes]:
        """Starts a run, or continues it."""
        return self.emoar("run", str(self.server), "--model", str(self.model), "-o", str(folder), *options)

    def key(self, name: str, *, register: bool = True) -> Path:
        """Makes the key of a node; returns the path of the private one."""
        key = self.folder / name / "key"
        assert main(["federated", "keys", "node", str(key)]) == 0
        if register:
            (self.server / "nodes").mkdir(exist_ok=True)
            shutil.copy(f"{key}.pub", self.server / "nodes" / f"{name}.pub")
        return key

    def node(
        self,
        name: str,
        *options: str,
        register: bool = True,
        authority: Path | None = None,
        twin_of: str = "",
    ) -> Path:
        """Starts a node, with a key of its own or with that of another; returns its folder."""
        key = self.folder / name / "key"
        if twin_of:
            key.parent.mkdir()
            shutil.copy(self.folder / twin_of / "key", key)
        else:
            self.key(name, register=register)
        images = np.random.default_rng(len(name)).integers(0, 256, (28, 48, 48), dtype=np.uint8)
        targets = {"fer2013": IndexTargets(FER2013, np.arange(28) % 7)}
        write_parquet(FaceDataset(images, targets, np.full(28, "Training")), key.parent / "faces.parquet")
        self.emoar(
            *("join", f"localhost:{self.port}", "--data", str(key.parent / "faces.parquet"), "--key", str(key)),
            *("--model", str(self.model), "--ca", str(authority or self.server / "ca.crt")),
            *options,
        )
        return key.parent / "key-node"

    def online(self) -> int:
        """The number of nodes that the server reaches."""
        done = subprocess.run(
            [sys.executable, "-m", "emoar", "federated", "status", str(self.server), "--json"], capture_output=True
        )
        nodes = json.loads(done.stdout).get("nodes", []) if done.returncode == 0 else []
        return sum(node["status"] == "online" for node in nodes)

    def log(self) -> str:
        """What the commands printed."""
        return (self.folder / "commands.log").read_text()

    def kill_superlink(self) -> None:
        """Kills it as a full memory would; `serve` has to start it again and `run` to go on."""
        pattern = f"flower-superlink.*{self.server / 'server.pem'}"
        listed = subprocess.run(["pgrep", "-f", pattern], capture_output=True, text=True, check=True)
        os.kill(int(listed.stdout.split()[0]), signal.SIGKILL)

    def close(self) -> None:
        """Ends all commands."""
        for process in self.processes:
            process.send_signal(signal.SIGINT)
        for process in self.processes:
            process.wait(60)
