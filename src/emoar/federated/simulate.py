"""A whole federation in one process, on cached features: what an arrangement would give, before anyone joins."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emoar.federated.accountant import ACCOUNTANT, Release, epsilon_of, noise_for
from emoar.federated.head import Head, HeadClient, accuracy
from emoar.federated.ledger import Ledger
from emoar.federated.local_fleet import LocalFleet
from emoar.federated.plan import Plan
from emoar.federated.rounds import Federation, RoundReport
from emoar.federated.updates import Arrays
from emoar.models.privacy import Privacy

__all__ = ["Simulation", "SimulationResult", "example_noise", "simulate"]


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """The end of a simulation."""

    weights: Arrays
    accuracies: tuple[float, ...]  # of the test faces: before the first round, and after each
    privacy: Privacy | None  # spent by the end, by the client that spent most
    reports: tuple[RoundReport, ...]


@dataclass(frozen=True, eq=False)
class Simulation:
    """The faces of a simulation as features."""

    head: Head
    features: NDArray[np.float32]  # (N, D) of the faces that clients hold
    labels: NDArray[np.int64]  # (N,)
    test_features: NDArray[np.float32]  # (M, D)
    test_labels: NDArray[np.int64]  # (M,)

    def fleet(
        self, places: Sequence[NDArray[np.int64]], plan: Plan, example_epsilon: float = 0.0, seed: int = 0
    ) -> LocalFleet:
        """Clients with the faces at these positions.

        Args:
            places: by client.
            plan: of the federation.
            example_epsilon: budget of example-level privacy of each client over all rounds; 0 is off.
            seed: of batches and noise.
        """
        clients: dict[str, HeadClient] = {}
        for index, own in enumerate(places):
            noise = example_noise(example_epsilon, plan, len(own)) if example_epsilon else 0.0
            clients[str(index)] = HeadClient(self.head, self.features[own], self.labels[own], noise)
        return LocalFleet(clients, seed)


def simulate(
    simulation: Simulation,
    start: Arrays,
    places: Sequence[NDArray[np.int64]],
    plan: Plan,
    *,
    example_epsilon: float = 0.0,
    seed: int = 0,
    on_round: Callable[[RoundReport, float], None] = lambda _report, _accuracy: None,
) -> SimulationResult:
    """Runs all rounds.

    Args:
        simulation: the faces.
        start: the head before the first round.
        places: positions of the faces of each client.
        plan: the settings; with noise, its number of clients should be that of `places`.
        example_epsilon: budget of example-level privacy of each client; 0 is off.
        seed: of everything random; the same seed gives the same result.
        on_round: called after each round with the accuracy on the test faces.

    Raises:
        InputError: the settings cannot be used.
        DependencyMissing: the extra `federated` is not installed.
    """
    fleet = simulation.fleet(places, plan, example_epsilon, seed)
    reports: list[RoundReport] = []

    def test(weights: Arrays) -> float:
        return accuracy(simulation.head, weights, simulation.test_features, simulation.test_labels)

    accuracies = [test(start)]
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.json", "client", math.inf, plan.delta) if plan.noise else None
        federation = Federation(plan, start, fleet, ledger, seed)

        def record(report: RoundReport) -> None:
            reports.append(report)
            accuracies.append(test(federation.weights))
            on_round(report, accuracies[-1])

        weights = federation.run(record)
    return SimulationResult(weights, tuple(accuracies), _privacy(plan, reports, fleet.spent), tuple(reports))


def example_noise(epsilon: float, plan: Plan, examples: int) -> float:
    """The noise multiplier with which a client of that many faces can be in every round within its budget."""
    rate, steps = plan.local.sampling(examples)
    return _noise_for(epsilon, plan.delta, rate, steps * plan.rounds)


@lru_cache(maxsize=4096)
def _noise_for(epsilon: float, delta: float, rate: float, steps: int) -> float:
    return noise_for(epsilon, delta, rate, steps)


def _privacy(plan: Plan, reports: Sequence[RoundReport], spent: Mapping[str, Sequence[Release]]) -> Privacy | None:
    if plan.noise:
        epsilon = max((report.epsilon or 0.0 for report in reports), default=0.0)
        return Privacy("client", epsilon, plan.delta, ACCOUNTANT) if epsilon else None
    if spent:
        together = {tuple(releases) for releases in spent.values()}
        epsilon = max(epsilon_of(releases, plan.delta) for releases in together)
        return Privacy("example", epsilon, plan.delta, ACCOUNTANT)
    return None
