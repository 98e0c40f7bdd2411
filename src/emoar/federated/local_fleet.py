"""A fleet in this process: simulated clients on cached features, thousands of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from emoar.errors import EmoarError
from emoar.federated.accountant import Release
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.rounds import Reply
from emoar.federated.updates import Arrays, clip, subtract

__all__ = ["Client", "LocalFleet", "local_update"]


class Client(Protocol):
    """Who trains on faces of its own."""

    @property
    def examples(self) -> int:
        """The number of faces."""
        ...

    def release(self, plan: LocalPlan) -> Release | None:
        """What one round costs in example-level privacy; None without noise."""
        ...

    def train(self, weights: Arrays, plan: LocalPlan, rng: np.random.Generator) -> Arrays:
        """The weights after a round of local training."""
        ...


def local_update(client: Client, weights: Arrays, plan: LocalPlan, rng: np.random.Generator) -> Arrays:
    """The update of a client, clipped as the plan wants."""
    delta = subtract(client.train(weights, plan, rng), weights)
    return clip(delta, plan.clip_norm) if plan.clip_norm else delta


@dataclass(eq=False)
class LocalFleet:
    """Clients of this process, asked one after another."""

    by_name: Mapping[str, Client]
    seed: int = 0
    spent: dict[str, list[Release]] = field(default_factory=dict[str, list[Release]])
    # ^ example-level releases of each client

    def clients(self) -> Sequence[str]:
        """The names of all clients."""
        return list(self.by_name)

    def train(self, number: int, weights: Arrays, plan: Plan, chosen: Sequence[str]) -> Sequence[Reply]:
        """The replies of the chosen clients; an error of a client is its reply."""
        return [self._reply(number, weights, plan.local, name) for name in chosen]

    def _reply(self, number: int, weights: Arrays, plan: LocalPlan, name: str) -> Reply:
        client = self.by_name[name]
        rng = np.random.default_rng([self.seed, number, list(self.by_name).index(name)])
        try:
            delta = local_update(client, weights, plan, rng)
        except EmoarError as exc:
            return Reply(name, error=str(exc))
        release = client.release(plan)
        if release is not None:
            self.spent.setdefault(name, []).append(release)
        return Reply(name, delta, client.examples)
