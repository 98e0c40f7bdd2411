"""The clients in processes of Ray.

A process reads the values of the client whose message it gets from a file, so that no process holds those of all.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from emoar.errors import EmoarError
from emoar.federated.deployment.grid_fleet import ANSWER, ERROR, EXAMPLES, QUESTION
from emoar.federated.deployment.run_folder import plan_from_json
from emoar.federated.local_fleet import Client, encoded_update, local_update
from emoar.federated.secure_aggregation.fixed_point import Vector
from emoar.federated.secure_aggregation.stage import answer_stage
from emoar.federated.simulation.faces import Places, Simulation, Trained
from emoar.federated.updates import Arrays

__all__ = ["PLACE", "client_app", "write_clients"]

PLACE: Final = "partition-id"  # Flower's name for the number of a simulated client


def write_clients(folder: Path, simulation: Simulation, places: Places, noises: Sequence[float]) -> None:
    """Writes what the processes read: what is trained, and a file for each client."""
    (folder / "trained.pickle").write_bytes(pickle.dumps(simulation.trained))
    for index, (own, noise) in enumerate(zip(places, noises, strict=True)):
        np.savez(folder / f"{index}.npz", values=simulation.values[own], labels=simulation.labels[own], noise=noise)


def client_app(folder: str, seed: int) -> Any:
    """Flower's ClientApp of all simulated clients.

    Args:
        folder: of `write_clients`.
        seed: of batches and noise.
    """
    from flwr.app import Message, MetricRecord, RecordDict
    from flwr.clientapp import ClientApp

    app = ClientApp()

    @app.query()
    def place(message: Any, context: Any) -> Any:
        metrics = MetricRecord({PLACE: int(context.node_config[PLACE])})
        return Message(RecordDict({"metrics": metrics}), reply_to=message)

    @app.train()
    def train(message: Any, context: Any) -> Any:
        return Message(_answer(Path(folder), seed, message.content, context), reply_to=message)

    return app


def _answer(folder: Path, seed: int, content: Any, context: Any) -> Any:
    """The answer of a client to a message: an update, a stage of secure aggregation, or why there is none."""
    from flwr.app import Array, ArrayRecord, ConfigRecord, MetricRecord, RecordDict

    index, config = int(context.node_config[PLACE]), content.config_records["config"]
    plan = plan_from_json(str(config["plan"]))
    seeds = [seed, int(config["round"]), index]
    weights = {name: array.numpy() for name, array in content.array_records["arrays"].items()}

    def update() -> tuple[Arrays, int]:
        client = _read(folder, index)
        return local_update(client, weights, plan.local, np.random.default_rng(seeds)), client.examples

    def encoded() -> Vector:
        return encoded_update(*update(), plan, np.random.default_rng([*seeds, 1]))

    try:
        if QUESTION in config:
            answer = answer_stage(str(index), plan, bytes(config[QUESTION]), context.state, encoded)
            return RecordDict({"config": ConfigRecord({ANSWER: answer})})
        delta, examples = update()
    except EmoarError as exc:
        return RecordDict({"config": ConfigRecord({ERROR: str(exc)})})
    arrays = ArrayRecord({name: Array(np.asarray(value)) for name, value in delta.items()})
    return RecordDict({"arrays": arrays, "metrics": MetricRecord({EXAMPLES: examples})})


def _read(folder: Path, index: int) -> Client:
    with np.load(folder / f"{index}.npz", allow_pickle=False) as own:
        return _trained(folder).client(own["values"], own["labels"], float(own["noise"]))


@lru_cache(maxsize=1)
def _trained(folder: Path) -> Trained:
    """What is trained, read once a process; the file is that of this program's own folder."""
    trained: Trained = pickle.loads((folder / "trained.pickle").read_bytes())
    return trained
