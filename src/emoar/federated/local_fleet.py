"""A fleet in this process: simulated clients on cached features, thousands of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from emoar.errors import EmoarError, InputError
from emoar.federated.accountant import Release
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.rounds import Reply
from emoar.federated.secure_aggregation.fixed_point import Vector, encode
from emoar.federated.secure_aggregation.member import Member
from emoar.federated.secure_aggregation.secure_sum import Answer
from emoar.federated.updates import Arrays, clip, subtract

__all__ = ["Client", "LocalFleet", "encoded_update", "local_update"]


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


def encoded_update(delta: Arrays, examples: int, plan: Plan, rng: np.random.Generator) -> Vector:
    """A clipped update for secure aggregation, with this client's part of the noise of the sum.

    Raises:
        InputError: it is not finite.
    """
    weight = 1 if plan.noise else min(examples, plan.most_examples)
    return encode(delta, weight, plan.member_deviation, rng)


@dataclass(eq=False)
class LocalFleet:
    """Clients of this process, asked one after another."""

    by_name: Mapping[str, Client]
    seed: int = 0
    spent: dict[str, list[Release]] = field(default_factory=dict[str, list[Release]])
    # ^ example-level releases of each client
    members: dict[str, Member] = field(default_factory=dict[str, Member])  # of secure aggregation

    def clients(self) -> Sequence[str]:
        """The names of all clients."""
        return list(self.by_name)

    def train(self, number: int, weights: Arrays, plan: Plan, chosen: Sequence[str]) -> Sequence[Reply]:
        """The replies of the chosen clients; an error of a client is its reply."""
        return [self._reply(number, weights, plan.local, name) for name in chosen]

    def exchange(
        self, number: int, weights: Arrays | None, plan: Plan, questions: Mapping[str, bytes]
    ) -> Sequence[Answer]:
        """The answers of clients in a stage of secure aggregation."""
        return [self._answer(number, weights or {}, plan, name, question) for name, question in questions.items()]

    def _answer(self, number: int, weights: Arrays, plan: Plan, name: str, question: bytes) -> Answer:
        def update() -> Vector:
            reply = self._reply(number, weights, plan.local, name)
            if reply.error:
                raise InputError(reply.error)
            return encoded_update(reply.delta, self.by_name[name].examples, plan, self._rng(number, name, 1))

        try:
            return Answer(
                name, self.members.setdefault(name, Member(name, plan.least_clients)).answer(question, update)
            )
        except EmoarError as exc:
            return Answer(name, error=str(exc))

    def _rng(self, number: int, name: str, use: int = 0) -> np.random.Generator:
        return np.random.default_rng([self.seed, number, list(self.by_name).index(name), *([use] if use else [])])

    def _reply(self, number: int, weights: Arrays, plan: LocalPlan, name: str) -> Reply:
        client = self.by_name[name]
        try:
            delta = local_update(client, weights, plan, self._rng(number, name))
        except EmoarError as exc:
            return Reply(name, error=str(exc))
        release = client.release(plan)
        if release is not None:
            self.spent.setdefault(name, []).append(release)
        return Reply(name, delta, client.examples)
