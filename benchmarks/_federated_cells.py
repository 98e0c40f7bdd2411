"""The cells of the table of federated learning, and their computation. Runs in the environment of `make federated`.

    python -m benchmarks._federated_cells WORK_FOLDER [--final] [--quick] [--parts]

Results are added to WORK_FOLDER/results.jsonl. A cell that is in it with the same settings is not computed again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from benchmarks._federated_attack import auc, memorised_auc
from benchmarks._federated_faces import HEAD, Faces
from emoar.federated.accountant import noise_for
from emoar.federated.head import probabilities
from emoar.federated.partition import dirichlet, iid
from emoar.federated.plan import LocalPlan, Part, Plan, quiet_clip
from emoar.federated.simulation.faces import Simulation
from emoar.federated.simulation.simulate import simulate
from emoar.federated.updates import Arrays

__all__ = ["Cell", "cells", "plan_of"]

CLIENTS: Final = (100, 10, 1000)
PARTITIONS: Final = ("dirichlet 0.5", "iid", "dirichlet 0.1")
BUDGETS: Final = (8.0, 3.0, 1.0)
SEEDS: Final = (0, 1, 2)
PARTS: Final[tuple[Part, ...]] = ("block", "stage", "all")
DELTA: Final = 1e-5
# What follows was chosen on PublicTest.
ROUNDS: Final = {"head": 20, "block": 5, "stage": 5, "all": 5}
FEW_ROUNDS: Final = 5  # of a new head of 10 clients: more rounds drown it in noise
LR: Final = {"head": 0.1, "block": 0.03, "stage": 0.02, "all": 0.02}
NEW_CLIP: Final = 0.3  # a new head has nothing that noise could break
BATCH: Final = 32
LONGEST_LOCAL_ONLY: Final = 50  # clients that learn alone; their mean is reported


@dataclass(frozen=True)
class Cell:
    """One row of results."""

    start: str  # public: the public model; new: with an untrained head
    part: Part
    clients: int  # 0: everything in one place
    partition: str
    privacy: str  # none, client, example, or local-only: every client for itself
    epsilon: float
    seed: int


def cells() -> Iterator[Cell]:
    """All cells of the head, those that the bars are about first; then those of larger parts of the network."""
    sets = [(c, p, seed) for c in CLIENTS for p in PARTITIONS for seed in SEEDS]
    for start in ("public", "new"):
        yield from (Cell(start, "head", 0, "central", "none", 0.0, seed) for seed in SEEDS)
        for one in sets:
            yield Cell(start, "head", *one[:2], "none", 0.0, one[2])
            yield from (Cell(start, "head", *one[:2], "client", epsilon, one[2]) for epsilon in BUDGETS)
    yield from (Cell("public", "head", *one[:2], "local-only", 0.0, one[2]) for one in sets)
    for start in ("public", "new"):  # later: the noise of each client takes a search of its own
        yield from (Cell(start, "head", *one[:2], "example", epsilon, one[2]) for one in sets for epsilon in BUDGETS)
    yield from _cells_of_parts()


def _cells_of_parts() -> Iterator[Cell]:
    """One seed each, since they take minutes; the cheapest first."""
    base = 100, PARTITIONS[0]
    for part in PARTS:
        yield Cell("public", part, *base, "none", 0.0, 0)
        yield Cell("public", part, *base, "client", 8.0, 0)
    for part in PARTS:
        yield Cell("public", part, 0, "central", "none", 0.0, 0)
        yield Cell("public", part, *base, "example", 8.0, 0)
    for part in PARTS:
        for epsilon in BUDGETS[1:]:
            yield from (Cell("public", part, *base, privacy, epsilon, 0) for privacy in ("client", "example"))


def plan_of(cell: Cell, parameters: int) -> Plan:
    """The settings of a cell, for that many trained parameters."""
    few = cell.start == "new" and cell.privacy == "client" and cell.clients == min(CLIENTS)
    rounds = FEW_ROUNDS if few else ROUNDS[cell.part]
    rate = min(1.0, 100 / max(1, cell.clients))
    plan = Plan(rounds, part=cell.part, rate=rate, delta=DELTA, local=LocalPlan(1, BATCH, lr=LR[cell.part]))
    if cell.privacy != "client":
        return plan
    noise = noise_for(cell.epsilon, DELTA, rate, rounds)
    clip = NEW_CLIP if cell.start == "new" else quiet_clip(noise, rate, cell.clients, rounds, parameters)
    return replace(plan, noise=noise, clients=cell.clients, local=replace(plan.local, clip_norm=clip))


def main() -> None:
    """Computes what is missing, prints each cell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--final", action="store_true")
    parser.add_argument("--quick", action="store_true", help="the first cells only")
    parser.add_argument("--head", action="store_true", help="no cells of larger parts of the network")
    parser.add_argument("--parts", action="store_true", help="these only")
    arguments = parser.parse_args()
    work: Path = arguments.work
    faces = Faces(work, arguments.data)
    if arguments.final:
        _final(work, faces)
        return
    attack = {str(epsilon): memorised_auc(epsilon) for epsilon in (0.0, *BUDGETS)}
    (work / "attack.json").write_text(json.dumps(attack))
    wanted = [cell for cell in cells() if not (arguments.head and cell.part != "head")]
    wanted = [cell for cell in wanted if not (arguments.parts and cell.part == "head")]
    results = work / "results.jsonl"
    done = {_name(row): row["plan"] for row in _rows(results)}
    for cell in wanted[:12] if arguments.quick else wanted:
        start = _start(cell, faces)
        plan = plan_of(cell, sum(value.size for value in start.values()))
        if done.get(_name(asdict(cell))) == json.loads(json.dumps(asdict(plan))):
            continue
        begin = time.process_time()
        row = {**asdict(cell), **_compute(cell, plan, start, faces.simulation(cell.part), work)}
        row |= {"plan": asdict(plan), "cpu_s": round(time.process_time() - begin, 2)}
        with results.open("a") as out:
            out.write(json.dumps(row) + "\n")
        print(f"{_name(row)}: PublicTest {row['public_test']:.2%} ({row['cpu_s']} s)", flush=True)


def _rows(results: Path) -> list[dict[str, Any]]:
    """The rows of the file that have a plan: those of older versions have none."""
    lines = results.read_text().splitlines() if results.exists() else []
    return [row for row in map(json.loads, lines) if "plan" in row]


def _name(row: dict[str, Any]) -> str:
    """The name of a cell and of its file of weights."""
    names = ("start", "part", "clients", "partition", "privacy", "epsilon", "seed")
    return "-".join(str(row[name]).replace(" ", "") for name in names)


def _start(cell: Cell, faces: Faces) -> Arrays:
    start = faces.start(cell.part)
    return start if cell.start == "public" else {name: np.zeros_like(value) for name, value in start.items()}


def _compute(cell: Cell, plan: Plan, start: Arrays, faces: Simulation, work: Path) -> dict[str, Any]:
    places = _places(cell, faces.labels)
    if cell.privacy == "local-only":
        return {"public_test": _local_only(faces, start, places, plan, cell.seed), "spent": None}
    example = cell.epsilon if cell.privacy == "example" else 0.0
    result = simulate(faces, start, places, plan, example_epsilon=example, seed=cell.seed)
    (work / "weights").mkdir(exist_ok=True)
    np.savez(work / "weights" / f"{_name(asdict(cell))}.npz", **cast("Any", result.weights))
    return {
        "before": result.accuracies[0],
        "public_test": result.accuracies[-1],
        "spent": result.privacy.epsilon if result.privacy else None,
        "membership_auc": _membership(result.weights, faces) if cell.part == "head" else None,
    }


def _places(cell: Cell, labels: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    if not cell.clients:
        return [np.arange(len(labels))]
    if cell.partition == "iid":
        return iid(labels, cell.clients, cell.seed)
    return dirichlet(labels, cell.clients, float(cell.partition.split()[1]), cell.seed)


def _local_only(faces: Simulation, start: Arrays, places: list[NDArray[np.int64]], plan: Plan, seed: int) -> float:
    """The mean accuracy of clients that train alone for as many epochs."""
    found: list[float] = []
    for index, own in enumerate(places[:LONGEST_LOCAL_ONLY]):
        rng = np.random.default_rng([seed, index])
        alone = faces.client(own).train(start, replace(plan.local, epochs=plan.rounds), rng)
        found.append(faces.accuracy(alone))
    return float(np.mean(found))


def _membership(weights: Arrays, faces: Simulation) -> float:
    """How well the probability of their label tells the clients' faces from those of the test."""
    pairs = (faces.values, faces.labels), (faces.test_values, faces.test_labels)
    scores = [probabilities(HEAD, weights, x)[np.arange(len(y)), y] for x, y in pairs]
    return auc(scores[0], scores[1])


def _final(work: Path, faces: Faces) -> None:
    """The accuracies on PrivateTest of all cells, once, into final.json."""
    found: list[dict[str, Any]] = []
    for row in {_name(row): row for row in _rows(work / "results.jsonl")}.values():
        if row["privacy"] != "local-only":
            with np.load(work / "weights" / f"{_name(row)}.npz") as weights:
                found.append({**row, "private_test": faces.last(row["part"]).accuracy(dict(weights))})
    (work / "final.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
