"""A node: the preparation of its faces, and Flower's SuperNode, kept running."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

from emoar.errors import InputError
from emoar.federated.deployment.certificates import check_certificate
from emoar.federated.deployment.flower_command import environment
from emoar.federated.deployment.node_settings import NodeSettings
from emoar.federated.deployment.node_trouble import trouble
from emoar.federated.deployment.processes import check_port, end_group, free_port, start_group
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL

__all__ = ["SETTINGS", "SuperNode", "concerns", "prepare"]

SETTINGS: Final = "node.json"  # in the folder of a node

_LOG_BYTES: Final = 20_000  # at the end of a log
_FEW_FACES: Final = 20
_LAST_PORT: Final = 65535


def concerns(faces: FaceDataset, label_set: str) -> list[str]:
    """What a person should know about these faces before taking part with them, one line each."""
    targets = faces.targets.get(label_set)
    own = targets.truth() if targets is not None else np.zeros(0, np.int64)
    own = own[own != NO_LABEL]
    lines: list[str] = []
    if targets is not None and len(np.unique(own)) == 1:
        lines.append(
            f"all faces are {targets.labels[own[0]]}: the update pulls the model there; collect other labels, too"
        )
    if 0 < len(own) < _FEW_FACES:
        lines.append(f"{len(own)} faces are few: an update without --epsilon may show them; collect more")
    return lines


def prepare(
    faces: FaceDataset,
    model: Path,
    folder: Path,
    label_set: str,
    epsilon: float = 0.0,
    delta: float = 1e-5,
    *,
    secure: bool = False,
    key: Path | None = None,
    nodes: Path | None = None,
) -> Path:
    """Writes what the client processes need into the node's folder; returns the file of settings.

    Args:
        faces: labelled faces of this device; those without a label in `label_set` are left out.
        model: the checkpoint that the federation starts from.
        folder: of the node.
        label_set: of the labels.
        epsilon: budget of example-level privacy; 0 trains without.
        delta: of the budget.
        secure: whether the node refuses to send an update without a mask.
        key: the private key of the node; it signs what the node sends in secure aggregation.
        nodes: folder of the public keys of nodes that may be in a sum with this one; None is all nodes.

    Raises:
        InputError: there is no usable face, its labels are of another set, or a key cannot be read.
        TrainingError: the model is no checkpoint.
        OutputError: a file cannot be written.
    """
    from emoar.federated.base_model import BaseModel
    from emoar.files import PartialFile

    base = BaseModel.open_checkpoint(model)
    labels = base.labels(faces, label_set)
    own = np.flatnonzero(labels != NO_LABEL)
    features = base.features(faces.images[own])
    file = PartialFile(folder / "faces.npz", mode=0o600)
    with file.temporary.open("wb") as out:
        np.savez(out, features=features, images=faces.images[own], labels=labels[own])
    file.commit()
    settings = NodeSettings(
        features=str((folder / "faces.npz").resolve()),
        model=str(model.resolve()),
        fingerprint=hashlib.sha256(model.read_bytes()).hexdigest(),
        ledger=str((folder / "ledger.json").resolve()),
        label_set=label_set,
        epsilon=epsilon,
        delta=delta,
        secure=secure,
        key=str(key.resolve()) if key else "",
        nodes=str(nodes.resolve()) if nodes else "",
    )
    settings.identity()
    settings.open_ledger()  # a damaged ledger, or one of another budget, stops the node before it connects
    settings.write(folder / SETTINGS)
    return folder / SETTINGS


class SuperNode:
    """The SuperNode as a child process.

    Args:
        settings: the file of `prepare`.
        address: host and port of the server.
        authority: the certificate that the server's has to be signed by.
        key: the private key of this node.
        port: on this machine, for its client processes; None: one that is free.
        kind: what the file of settings is for: `settings` of a node with faces, or `browsers` of a gateway.

    Raises:
        InputError: the address is none, or the key, the certificate or the port cannot be used.
    """

    def __init__(
        self, settings: Path, address: str, authority: Path, key: Path, port: int | None = None, kind: str = "settings"
    ) -> None:
        host, _, port_text = address.rpartition(":")
        if not host or not port_text.isascii() or not port_text.isdigit() or not 0 < int(port_text) <= _LAST_PORT:
            raise InputError(f"the server is HOST:PORT, such as federation.example.org:9443, got {address!r:.80}")
        check_certificate(authority)
        if not key.is_file():
            raise InputError(f"{key} does not exist: make it with emoar federated keys node")
        if port is not None:
            check_port("127.0.0.1", port)
        self._settings, self._address, self._authority, self._key, self._port = settings, address, authority, key, port
        self._kind = kind
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """Where the process writes what it does."""
        return self._settings.with_name("supernode.log")

    def start(self) -> None:
        """Starts the process.

        Raises:
            DependencyMissing: Flower is not installed.
        """
        command = [
            *(str(Path(sys.executable).parent / "flower-supernode"), "--superlink", self._address),
            *("--root-certificates", str(self._authority), "--auth-supernode-private-key", str(self._key)),
            *("--host", "127.0.0.1", "--port", str(self._port or free_port())),
            *("--node-config", f"{self._kind}={json.dumps(str(self._settings.resolve()))}"),
        ]
        self._process = start_group(command, environment(self._settings.parent / "flower"), self.log)

    @property
    def trouble(self) -> str:
        """Why the node is not connected, in one line; empty where it is or nothing is known yet."""
        with suppress(OSError), self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - _LOG_BYTES))
            return trouble(file.read().decode(errors="replace"))
        return ""

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ends the process and its client processes."""
        if self._process is not None:
            end_group(self._process)
            self._process = None

    def __enter__(self) -> SuperNode:
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()
