"""The rounds of a federation: sampling, checking, combining, noise, accounting. Where clients run is not its matter."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from emoar.errors import InputError
from emoar.federated.accountant import Release
from emoar.federated.ledger import Ledger
from emoar.federated.plan import Plan
from emoar.federated.secure_aggregation.secure_sum import Answer, SecureSum, secure_sum
from emoar.federated.strategies import Aggregator
from emoar.federated.updates import Arrays, Update, UpdateRules, clip, l2_norm, total

__all__ = ["Federation", "Fleet", "Reply", "RoundReport"]

_SIGMAS: Final = 6.0  # that the norm of noise may be above its mean


@dataclass(frozen=True, eq=False)
class Reply:
    """What a client answered, not yet checked."""

    client: str
    delta: Mapping[str, Any] = field(default_factory=dict[str, Any])
    examples: object = 0
    error: str = ""  # the client's own reason why it sends nothing


class Fleet(Protocol):
    """The clients, wherever they run."""

    def clients(self) -> Sequence[str]:
        """The names of the clients that can be asked now."""
        ...

    def train(self, number: int, weights: Arrays, plan: Plan, chosen: Sequence[str]) -> Sequence[Reply]:
        """The replies of the chosen clients; those that do not answer in time are missing."""
        ...

    def exchange(
        self, number: int, weights: Arrays | None, plan: Plan, questions: Mapping[str, bytes]
    ) -> Sequence[Answer]:
        """The answers of clients in a stage of secure aggregation; `weights` of the round where it needs them."""
        ...


@dataclass(frozen=True)
class RoundReport:
    """What happened in a round."""

    number: int  # from 1
    chosen: int  # clients that were asked
    accepted: int  # updates in the model
    refused: tuple[str, ...] = ()  # client and reason, one line each
    epsilon: float | None = None  # spent until now, client-level; None without noise
    kept: str = ""  # why the round kept the old model; empty where it did not


class Federation:
    """Improves a model by the updates of a fleet.

    Args:
        plan: the settings.
        weights: the trained part at the start.
        fleet: the clients.
        ledger: of client-level privacy; needed where the plan has noise.
        seed: of sampling and noise in simulations; None takes the entropy of the system, as real use must.

    Raises:
        InputError: the plan has noise and there is no ledger.
        DependencyMissing: Flower is not installed.
    """

    def __init__(
        self, plan: Plan, weights: Arrays, fleet: Fleet, ledger: Ledger | None = None, seed: int | None = None
    ) -> None:
        if plan.noise and ledger is None:
            raise InputError("client-level privacy needs a ledger: it is where spent privacy is remembered")
        self.plan, self.weights, self.fleet = plan, weights, fleet
        self.aggregator = Aggregator(plan)
        self.done = 0  # rounds
        self._ledger = ledger
        self._rules = UpdateRules.of(weights, plan.largest_norm, plan.most_examples)
        self._rng = np.random.default_rng(seed)

    def run(self, on_round: Callable[[RoundReport], None] = lambda _report: None) -> Arrays:
        """The remaining rounds; returns the weights.

        Args:
            on_round: called after each round, with `weights` and `done` already new: writes a checkpoint.

        Raises:
            InputError: the privacy budget is spent; `weights` are those of the last round that it paid for.
            OutputError: the ledger cannot be written.
        """
        while self.done < self.plan.rounds:
            on_round(self.round())
        return self.weights

    def round(self) -> RoundReport:
        """One round.

        Raises:
            As `run`.
        """
        number = self.done + 1
        if self._ledger is not None and self.plan.noise:
            self._ledger.check(self._release)
        everyone = self.fleet.clients()
        chosen = [
            name for name, drawn in zip(everyone, self._rng.random(len(everyone)), strict=True) if self._in(drawn)
        ]
        report = self._secure(number, chosen) if self.plan.secure else self._asked(number, chosen)
        self.done = number
        return report

    @property
    def _release(self) -> Release:
        return Release(self.plan.noise, self.plan.accounted_rate)

    def _in(self, drawn: float) -> bool:
        return drawn < self.plan.rate

    def _asked(self, number: int, chosen: Sequence[str]) -> RoundReport:
        replies = self.fleet.train(number, self.weights, self.plan, chosen) if chosen else []
        updates, refused = self._checked(replies)
        silent = len(chosen) - len(replies)
        refused += [f"{silent} of {len(chosen)} clients did not answer in time"] if silent > 0 else []
        if self.plan.noise:  # the number of updates is itself private: noise is released whatever it is
            noisy = _noisy(total([clip(u.delta, self.plan.local.clip_norm) for u in updates], self.weights), self)
            assert self._ledger is not None
            epsilon = self._ledger.spend(self._release, f"round {number}")
            return self._combined(number, len(chosen), [self._expected_mean(noisy)], refused, epsilon, len(updates))
        if len(updates) < max(1, self.plan.least_clients):
            return RoundReport(number, len(chosen), 0, tuple(refused), kept=_too_few(len(updates), self.plan))
        return self._combined(number, len(chosen), updates, refused, None)

    def _expected_mean(self, summed: Mapping[str, Any]) -> Update:
        """A private sum divided by a number that does not depend on who was drawn."""
        divisor = self.plan.rate * self.plan.clients
        return Update({name: (value / divisor).astype(np.float32) for name, value in summed.items()}, 1)

    def _secure(self, number: int, chosen: Sequence[str]) -> RoundReport:
        """A round in which nobody sees a single update. What the sum costs is spent before the masks are removed."""
        epsilon: float | None = None

        def exchange(questions: Mapping[str, bytes], *, with_weights: bool) -> Sequence[Answer]:
            return self.fleet.exchange(number, self.weights if with_weights else None, self.plan, questions)

        def spend() -> None:
            nonlocal epsilon
            if self._ledger is not None and self.plan.noise:
                epsilon = self._ledger.spend(self._release, f"round {number}")

        summed = secure_sum(exchange, chosen, self.weights, self.plan.least_clients, spend)
        failure = summed.failure or self._fault(summed)
        if failure:
            return RoundReport(number, len(chosen), 0, summed.lost, epsilon, failure)
        mean = {name: (value / summed.weight).astype(np.float32) for name, value in summed.total.items()}
        update = self._expected_mean(summed.total) if self.plan.noise else Update(mean, 1)
        return self._combined(number, len(chosen), [update], list(summed.lost), epsilon, summed.accepted)

    def _fault(self, summed: SecureSum) -> str:
        """What is wrong with a sum: all that can be checked where single updates are masked. Empty if nothing is."""
        plan, count = self.plan, summed.accepted
        most = count if plan.noise else count * plan.most_examples
        if not count <= summed.weight <= most:
            return f"the clients claim {summed.weight:g} faces in all: at most {most} are allowed"
        size = sum(value.size for value in summed.total.values())
        noise = plan.member_deviation * math.sqrt(count) * (math.sqrt(size) + _SIGMAS)
        bound, norm = plan.local.clip_norm * summed.weight + noise, l2_norm(summed.total)  # type: ignore[arg-type]
        # a little above, since float32 rounds
        return "" if norm <= bound * 1.001 else f"the sum has norm {norm:.4g}: clients may reach {bound:.4g}"

    def _combined(
        self,
        number: int,
        chosen: int,
        updates: Sequence[Update],
        refused: list[str],
        epsilon: float | None,
        count: int | None = None,
    ) -> RoundReport:
        accepted = len(updates) if count is None else count
        try:
            weights = self.aggregator.aggregate(number, self.weights, updates)
        except InputError as exc:
            return RoundReport(number, chosen, 0, tuple(refused), epsilon, str(exc))
        if not all(np.isfinite(value).all() for value in weights.values()):
            return RoundReport(number, chosen, 0, tuple(refused), epsilon, "the new weights are not finite")
        self.weights = weights
        return RoundReport(number, chosen, accepted, tuple(refused), epsilon)

    def _checked(self, replies: Sequence[Reply]) -> tuple[list[Update], list[str]]:
        updates: list[Update] = []
        refused: list[str] = []
        for reply in replies:
            try:
                if reply.error:
                    raise InputError(reply.error)
                updates.append(self._rules.check(reply.delta, reply.examples))
            except InputError as exc:
                refused.append(f"{reply.client}: {exc}")
        return updates, refused

    def noise(self, shape: tuple[int, ...]) -> Any:
        """Gaussian noise for one tensor of a sum."""
        return self._rng.normal(0, self.plan.noise * self.plan.local.clip_norm, shape)


def _noisy(summed: Mapping[str, Any], federation: Federation) -> Arrays:
    return {name: (value + federation.noise(value.shape)).astype(np.float32) for name, value in summed.items()}


def _too_few(count: int, plan: Plan) -> str:
    return f"{count} usable updates, {max(1, plan.least_clients)} are needed"
