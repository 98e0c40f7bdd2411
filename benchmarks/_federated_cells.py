"""The cells of the table of federated learning, and their computation. Runs in the environment of `make federated`.

    python -m benchmarks._federated_cells WORK_FOLDER [--final] [--quick]

Results are added to WORK_FOLDER/results.jsonl; cells that are in it are not computed again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks._federated_halves import half_of
from emoar.federated.accountant import noise_for
from emoar.federated.base_model import BaseModel
from emoar.federated.head import Head, HeadClient, accuracy
from emoar.federated.partition import dirichlet, iid
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.simulate import Simulation, simulate
from emoar.federated.updates import Arrays
from emoar.training.data.read import read_dataset

__all__ = ["Cell", "cells"]

HEAD: Final = Head("fer2013")
CLIENTS: Final = (100, 10, 1000)
PARTITIONS: Final = ("dirichlet 0.5", "iid", "dirichlet 0.1")
BUDGETS: Final = (8.0, 3.0, 1.0)
SEEDS: Final = (0, 1, 2)
DELTA: Final = 1e-5
ROUNDS: Final = 20
PRIVATE_ROUNDS: Final = 10  # fewer rounds share the budget
LR: Final = 0.1  # chosen on PublicTest, as CLIP
CLIP: Final = 0.3
BATCH: Final = 32


@dataclass(frozen=True)
class Cell:
    """One row of results."""

    start: str  # public: the head of the public model; new: an untrained head
    clients: int  # 0: everything in one place
    partition: str
    privacy: str  # none, client, example, or local-only: every client for itself
    epsilon: float
    seed: int


def cells() -> Iterator[Cell]:
    """All cells, those that the bars are about first."""
    sets = [(c, p, seed) for c in CLIENTS for p in PARTITIONS for seed in SEEDS]
    for start in ("public", "new"):
        yield from (Cell(start, 0, "central", "none", 0.0, seed) for seed in SEEDS)
        for one in sets:
            yield Cell(start, *one[:2], "none", 0.0, one[2])
            yield from (Cell(start, *one[:2], "client", epsilon, one[2]) for epsilon in BUDGETS)
    yield from (Cell("public", *one[:2], "local-only", 0.0, one[2]) for one in sets)
    for start in ("public", "new"):  # last: the noise of each client takes a search of its own
        yield from (Cell(start, *one[:2], "example", epsilon, one[2]) for one in sets for epsilon in BUDGETS)


def main() -> None:
    """Computes what is missing, prints each cell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--final", action="store_true")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    work: Path = arguments.work
    simulation, private, start = _features(work, arguments.data)
    if arguments.final:
        _final(work, private)
        return
    results = work / "results.jsonl"
    done = {line["key"] for line in map(json.loads, results.read_text().splitlines())} if results.exists() else set()
    for number, cell in enumerate(cells()):
        if arguments.quick and number >= 12:
            break
        key = json.dumps(asdict(cell), sort_keys=True)
        if key in done:
            continue
        begin = time.process_time()
        weights, row = _compute(cell, simulation, start)
        (work / "weights").mkdir(exist_ok=True)
        np.savez(work / "weights" / f"{number}.npz", **weights)  # type: ignore[arg-type]
        row |= {"key": key, **asdict(cell), "weights": number, "cpu_s": round(time.process_time() - begin, 2)}
        with results.open("a") as out:
            out.write(json.dumps(row) + "\n")
        print(f"{cell}: PublicTest {row['public_test']:.2%} ({row['cpu_s']} s)", flush=True)


def _compute(cell: Cell, faces: Simulation, start: Arrays) -> tuple[Arrays, dict[str, Any]]:
    weights = start if cell.start == "public" else {name: np.zeros_like(value) for name, value in start.items()}
    places = _places(cell, faces.labels)
    local = LocalPlan(1, BATCH, lr=LR, clip_norm=CLIP if cell.privacy == "client" else 0.0)
    if cell.privacy == "local-only":
        return weights, _local_only(faces, weights, places, local, cell.seed)
    rounds = ROUNDS if cell.privacy == "none" else PRIVATE_ROUNDS
    rate = min(1.0, 100 / max(1, cell.clients))
    noise = noise_for(cell.epsilon, DELTA, rate, rounds) if cell.privacy == "client" else 0.0
    plan = Plan(rounds, rate=rate, noise=noise, clients=len(places) if noise else 0, delta=DELTA, local=local)
    example = cell.epsilon if cell.privacy == "example" else 0.0
    result = simulate(faces, weights, places, plan, example_epsilon=example, seed=cell.seed)
    spent = result.privacy.epsilon if result.privacy else None
    return result.weights, {
        "before": result.accuracies[0],
        "public_test": result.accuracies[-1],
        "spent": spent,
        "noise": noise,
    }


def _places(cell: Cell, labels: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    if not cell.clients:
        return [np.arange(len(labels))]
    if cell.partition == "iid":
        return iid(labels, cell.clients, cell.seed)
    return dirichlet(labels, cell.clients, float(cell.partition.split()[1]), cell.seed)


def _local_only(
    faces: Simulation, start: Arrays, places: list[NDArray[np.int64]], plan: LocalPlan, seed: int
) -> dict[str, Any]:
    """The mean accuracy of clients that train alone for as many epochs."""
    from dataclasses import replace

    found = []
    for index, own in enumerate(places[:50]):  # of a thousand, some
        client = HeadClient(faces.head, faces.features[own], faces.labels[own])
        alone = client.train(start, replace(plan, epochs=ROUNDS), np.random.default_rng([seed, index]))
        found.append(accuracy(faces.head, alone, faces.test_features, faces.test_labels))
    return {"public_test": float(np.mean(found)), "spent": None, "noise": 0.0}


def _features(work: Path, data: Path) -> tuple[Simulation, Path, Arrays]:
    """Features of the clients' half and of PublicTest; those of PrivateTest stay in their file."""
    path = work / "features.npz"
    if not path.exists():
        faces = read_dataset(data)
        base = BaseModel.open_checkpoint(work / "trunk" / "final.pt")
        labels, features = base.labels(faces, HEAD.label_set), base.features(faces.images)
        own = (faces.split == "Training") & (half_of(faces.images) == 1)
        test, last = faces.split == "PublicTest", faces.split == "PrivateTest"
        head = base.head(HEAD.label_set)
        np.savez(work / "private_test.npz", x=features[last], y=labels[last])
        arrays = {"x": features[own], "y": labels[own], "tx": features[test], "ty": labels[test]}
        np.savez(path, w=head[HEAD.weight], b=head[HEAD.bias], **arrays)
    with np.load(path) as kept:
        faces_of = Simulation(HEAD, kept["x"], kept["y"], kept["tx"], kept["ty"])
        return faces_of, work / "private_test.npz", {HEAD.weight: kept["w"], HEAD.bias: kept["b"]}


def _final(work: Path, private: Path) -> None:
    """The accuracies on PrivateTest of all cells, once, into final.json."""
    with np.load(private) as kept:
        x, y = kept["x"], kept["y"]
    found: list[dict[str, Any]] = []
    for line in (work / "results.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["privacy"] == "local-only":
            continue
        with np.load(work / "weights" / f"{row['weights']}.npz") as weights:
            row["private_test"] = accuracy(HEAD, dict(weights), x, y)
        found.append(row)
    (work / "final.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
