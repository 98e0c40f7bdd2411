"""Simulated clients in processes of Ray, by Flower's simulation runtime: the messages are those of a deployment."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from emoar.errors import DependencyMissing, EmoarError, InputError
from emoar.federated.accountant import Release
from emoar.federated.deployment.grid_fleet import GridFleet
from emoar.federated.plan import Plan
from emoar.federated.rounds import Fleet, Reply
from emoar.federated.secure_aggregation.secure_sum import Answer
from emoar.federated.simulation.faces import Places, Simulation
from emoar.federated.simulation.ray_client import PLACE, client_app, write_clients
from emoar.federated.updates import Arrays

__all__ = ["RayFleet", "run_in_ray"]

_TIMEOUT_S: Final = 3600.0  # a round of clients that wait for a process
_ENVIRONMENT: Final = {
    "FLWR_TELEMETRY_ENABLED": "0",  # nothing is sent to anyone
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else Ray warns
}
_WAIT_S: Final = 0.05
_MEMORY: Final = 200_000_000  # bytes of Ray's object store, through which only messages go


class RayFleet:
    """The simulated nodes of a grid; a client's name is its number, as in `LocalFleet`.

    Args:
        grid: a `flwr.serverapp.Grid`.
        noises: noise multiplier of example-level privacy of each client.
        examples: number of faces of each client.
    """

    def __init__(self, grid: Any, noises: Sequence[float], examples: Sequence[int]) -> None:
        self._fleet = GridFleet(grid, "", _TIMEOUT_S)
        self._noises, self._examples = noises, examples
        self._node_of = _places_of(grid, len(examples))
        self.spent: dict[str, list[Release]] = {}

    def clients(self) -> Sequence[str]:
        """The names of all clients."""
        return [str(index) for index in range(len(self._examples))]

    def train(self, number: int, weights: Arrays, plan: Plan, chosen: Sequence[str]) -> Sequence[Reply]:
        """The replies of the chosen clients, in their order."""
        name_of = {self._node_of[name]: name for name in chosen}
        replies = self._fleet.train(number, weights, plan, list(name_of))
        named = {name_of[reply.client]: replace(reply, client=name_of[reply.client]) for reply in replies}
        for name, reply in named.items():
            self._spend(name, reply.error, plan)
        return [named[name] for name in chosen if name in named]

    def exchange(
        self, number: int, weights: Arrays | None, plan: Plan, questions: Mapping[str, bytes]
    ) -> Sequence[Answer]:
        """The answers of clients in a stage of secure aggregation."""
        name_of = {self._node_of[name]: name for name in questions}
        asked = {node: questions[name] for node, name in name_of.items()}
        answers = self._fleet.exchange(number, weights, plan, asked)
        named = {name_of[answer.client]: replace(answer, client=name_of[answer.client]) for answer in answers}
        if weights is not None:  # the stage in which clients train
            for name, answer in named.items():
                self._spend(name, answer.error, plan)
        return [named[name] for name in questions if name in named]

    def _spend(self, name: str, error: str, plan: Plan) -> None:
        """Remembers what a client's update costs in example-level privacy."""
        noise, examples = self._noises[int(name)], self._examples[int(name)]
        if noise and not error:
            self.spent.setdefault(name, []).append(Release(noise, *plan.local.sampling(examples)))


def run_in_ray(
    simulation: Simulation, places: Places, noises: Sequence[float], seed: int, run: Callable[[Fleet], None]
) -> dict[str, list[Release]]:
    """Calls `run` with a fleet whose clients work in processes of Ray, as many as there are cores.

    Returns:
        The example-level releases of each client.

    Raises:
        EmoarError: what `run` raises.
        DependencyMissing: Flower's simulation runtime is not installed.
        InputError: Ray does not start.
    """
    os.environ |= _ENVIRONMENT
    try:
        import ray
        from flwr.serverapp import ServerApp
        from flwr.simulation import run_simulation
    except ImportError as exc:
        raise DependencyMissing(
            "--engine ray needs Ray: pip install 'emoar[federated-sim]'; or --engine local"
        ) from exc
    logging.getLogger("flwr").setLevel(logging.CRITICAL)
    fleets: list[RayFleet] = []
    errors: list[EmoarError] = []
    server = ServerApp()

    def main(grid: Any, _context: Any) -> None:
        fleets.append(RayFleet(grid, noises, [len(own) for own in places]))
        try:
            run(fleets[0])
        except EmoarError as exc:  # the runtime would print it with its traceback
            errors.append(exc)

    server.main()(main)
    with tempfile.TemporaryDirectory(prefix="emoar-simulation-") as folder:
        write_clients(Path(folder), simulation, places, noises)
        _start(ray)
        try:
            client_resources: Any = {"num_cpus": 1, "num_gpus": 0.0}
            backend: Any = {"client_resources": client_resources}
            run_simulation(server, client_app(folder, seed), len(places), backend_config=backend)
        finally:
            ray.shutdown()
    if errors:
        raise errors[0]
    return fleets[0].spent


def _start(ray: Any) -> None:
    """Starts Ray before Flower does, whose server would wait for ever where Ray does not start.

    Raises:
        InputError: it does not start, even when it is tried again: on a busy machine it gives up after half a minute.
    """
    for last in (False, False, True):
        try:
            ray.init(
                address="local",
                num_cpus=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
                object_store_memory=_MEMORY,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
                runtime_env={"env_vars": {"PYTHONPATH": os.pathsep.join(sys.path)}},
            )
        except Exception as exc:  # Ray raises plain exceptions
            ray.shutdown()
            if last:
                raise InputError("Ray does not start: stop other programs, or take --engine local") from exc
        else:
            return


def _places_of(grid: Any, clients: int) -> dict[str, str]:
    """The node of each client, by their names."""
    from flwr.app import Message, RecordDict

    nodes = list(grid.get_node_ids())
    while len(nodes) < clients:  # they are registered while the server's thread starts
        time.sleep(_WAIT_S)
        nodes = list(grid.get_node_ids())
    questions = [Message(content=RecordDict(), message_type="query", dst_node_id=node) for node in nodes]
    answers = grid.send_and_receive(questions, timeout=_TIMEOUT_S)
    return {str(a.content.metric_records["metrics"][PLACE]): str(a.metadata.src_node_id) for a in answers}
