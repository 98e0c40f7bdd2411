"""What a node was started with, in a file that its client processes read, and the client that follows from it."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emoar.config import convert
from emoar.errors import InputError
from emoar.federated.accountant import noise_for
from emoar.federated.head import Head, HeadClient
from emoar.federated.ledger import Ledger
from emoar.federated.local_fleet import Client
from emoar.federated.plan import Plan
from emoar.federated.secure_aggregation.identity import Identity
from emoar.files import atomic_write

__all__ = ["NodeSettings"]


@dataclass(frozen=True)
class NodeSettings:
    """A node's own choices. Privacy is the node's matter: the server cannot change its budget or its noise."""

    features: str  # .npz of `prepare`: features or inputs, and labels
    model: str  # path of the model
    fingerprint: str  # sha256 of the model
    ledger: str  # path of the ledger
    label_set: str = "fer2013"
    epsilon: float = 0.0  # budget of example-level privacy; 0 trains without
    delta: float = 1e-5
    secure: bool = False  # sends masked updates only
    key: str = ""  # path of the private key, which signs keys of secure aggregation; empty does not sign
    nodes: str = ""  # folder of the public keys of nodes that may be in a sum with this one; empty is all nodes

    def write(self, path: Path) -> None:
        """Writes the file.

        Raises:
            OutputError: it cannot be written.
        """
        atomic_write(path, json.dumps(dataclasses.asdict(self), indent=1).encode(), mode=0o600)

    @classmethod
    def read(cls, path: Path) -> NodeSettings:
        """Reads the file.

        Raises:
            InputError: it cannot be read.
        """
        try:
            document: Any = json.loads(path.read_bytes())
        except (OSError, ValueError) as exc:
            raise InputError(f"{path}: the node's settings cannot be read; start it again") from exc
        return convert(document, cls, str(path))

    def open_ledger(self) -> Ledger:
        """The ledger of this node.

        Raises:
            InputError: it is damaged, or of another budget.
        """
        return Ledger(Path(self.ledger), "example", self.epsilon or math.inf, self.delta)

    def identity(self) -> Identity | None:
        """Who this node is in secure aggregation, and whom it trusts.

        Raises:
            InputError: a key cannot be read, or there is no trusted node.
        """
        return Identity(Path(self.key), Path(self.nodes) if self.nodes else None) if self.key else None

    def client(self, plan: Plan) -> Client:
        """The client for a plan: a head on cached features, else a part of the network.

        Raises:
            InputError: the plan is of another label set, or the budget cannot pay for any round.
            TrainingError: the network has no such part.
        """
        if plan.label_set != self.label_set:
            raise InputError(f"the server trains {plan.label_set}, this node has labels of {self.label_set}")
        with np.load(self.features, allow_pickle=False) as data:
            features, images, labels = data["features"], data["images"], data["labels"]
        noise = self._noise(plan, len(labels)) if self.epsilon else 0.0
        if plan.part == "head":
            return HeadClient(Head(self.label_set), features, labels, noise)
        from emoar.federated.base_model import BaseModel
        from emoar.federated.network_client import NetworkPart
        from emoar.training.networks.fold_batchnorm import fold_batchnorm

        base = BaseModel.open_checkpoint(Path(self.model))
        inputs = base.inputs(images)
        trained = NetworkPart(fold_batchnorm(base.network), plan.part, self.label_set)
        return trained.client(trained.values(inputs), labels, noise)

    def _noise(self, plan: Plan, examples: int) -> float:
        """The noise with which all rounds of the plan fit into the budget."""
        rate, steps = plan.local.sampling(examples)
        return noise_for(self.epsilon, self.delta, rate, steps * plan.rounds)
