"""A whole federation on one machine, on cached values: what an arrangement would give, before anyone joins."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from emoar.errors import InputError
from emoar.federated.accountant import ACCOUNTANT, Release, epsilon_of, noise_for
from emoar.federated.ledger import Ledger
from emoar.federated.local_fleet import LocalFleet
from emoar.federated.plan import Plan
from emoar.federated.rounds import Federation, Fleet, RoundReport
from emoar.federated.simulation.faces import Places, Simulation
from emoar.federated.updates import Arrays
from emoar.models.privacy import Privacy

__all__ = ["ENGINES", "SimulationResult", "example_noise", "simulate"]


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """The end of a simulation."""

    weights: Arrays
    accuracies: tuple[float, ...]  # of the test faces: before the first round, and after each
    privacy: Privacy | None  # spent by the end, by the client that spent most
    reports: tuple[RoundReport, ...]


Spent = Mapping[str, Sequence[Release]]  # example-level releases by client
Engine = Callable[[Simulation, Places, Sequence[float], int, Callable[[Fleet], None]], Spent]
# ^ gives a fleet of the clients to a function; the third is the noise multiplier of each client, the fourth the seed


def simulate(
    simulation: Simulation,
    start: Arrays,
    places: Places,
    plan: Plan,
    *,
    example_epsilon: float = 0.0,
    seed: int = 0,
    engine: str = "local",
    on_round: Callable[[RoundReport, float], None] = lambda _report, _accuracy: None,
) -> SimulationResult:
    """Runs all rounds.

    Args:
        simulation: the faces.
        start: the trained weights before the first round.
        places: positions of the faces of each client.
        plan: the settings; with noise, its number of clients should be that of `places`.
        example_epsilon: budget of example-level privacy of each client; 0 is off.
        seed: of everything random; the same seed gives the same result, but for rounding, with each engine.
        engine: a key of `ENGINES`.
        on_round: called after each round with the accuracy on the test faces.

    Raises:
        InputError: the settings cannot be used.
        DependencyMissing: the extra `federated` is not installed, or `federated-sim` for Ray.
    """
    if engine not in ENGINES:
        raise InputError(f"the engine must be one of {', '.join(ENGINES)}, got {engine!r}")
    noises = [example_noise(example_epsilon, plan, len(own)) if example_epsilon else 0.0 for own in places]
    reports: list[RoundReport] = []
    accuracies = [simulation.accuracy(start)]
    ends: list[Arrays] = []
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.json", "client", math.inf, plan.delta) if plan.noise else None

        def run(fleet: Fleet) -> None:
            federation = Federation(plan, start, fleet, ledger, seed)

            def record(report: RoundReport) -> None:
                reports.append(report)
                accuracies.append(simulation.accuracy(federation.weights))
                on_round(report, accuracies[-1])

            ends.append(federation.run(record))

        spent = ENGINES[engine](simulation, places, noises, seed, run)
    return SimulationResult(ends[0], tuple(accuracies), _privacy(plan, reports, spent), tuple(reports))


def example_noise(epsilon: float, plan: Plan, examples: int) -> float:
    """The noise multiplier with which a client of that many faces can be in every round within its budget."""
    rate, steps = plan.local.sampling(examples)
    return _noise_for(epsilon, plan.delta, rate, steps * plan.rounds)


@lru_cache(maxsize=4096)
def _noise_for(epsilon: float, delta: float, rate: float, steps: int) -> float:
    return noise_for(epsilon, delta, rate, steps)


def _privacy(plan: Plan, reports: Sequence[RoundReport], spent: Spent) -> Privacy | None:
    if plan.noise:
        epsilon = max((report.epsilon or 0.0 for report in reports), default=0.0)
        return Privacy("client", epsilon, plan.delta, ACCOUNTANT) if epsilon else None
    if spent:
        together = {tuple(releases) for releases in spent.values()}
        epsilon = max(epsilon_of(releases, plan.delta) for releases in together)
        return Privacy("example", epsilon, plan.delta, ACCOUNTANT)
    return None


def _in_this_process(
    simulation: Simulation, places: Places, noises: Sequence[float], seed: int, run: Callable[[Fleet], None]
) -> Spent:
    clients = {
        str(index): simulation.client(own, noise) for index, (own, noise) in enumerate(zip(places, noises, strict=True))
    }
    fleet = LocalFleet(clients, seed)
    run(fleet)
    return fleet.spent


def _in_ray(
    simulation: Simulation, places: Places, noises: Sequence[float], seed: int, run: Callable[[Fleet], None]
) -> Spent:
    from emoar.federated.simulation.ray_fleet import run_in_ray

    return run_in_ray(simulation, places, noises, seed, run)


ENGINES: Final[Mapping[str, Engine]] = {"local": _in_this_process, "ray": _in_ray}
