"""Simulations in processes of Ray: the same rounds as in one process."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from federated_faces import HEAD, made_faces

from emoar.errors import InputError
from emoar.federated.network_client import NetworkPart
from emoar.federated.partition import iid
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.rounds import Fleet
from emoar.federated.simulation import ray_fleet
from emoar.federated.simulation.faces import Simulation
from emoar.federated.simulation.simulate import simulate
from emoar.training.networks.architectures import build
from emoar.training.networks.fold_batchnorm import fold_batchnorm

pytestmark = pytest.mark.filterwarnings("ignore:::ray", "ignore::ResourceWarning", "ignore::FutureWarning")

SECURE: dict[str, Any] = {"local": LocalPlan(lr=0.01, clip_norm=0.5), "secure": True, "least_clients": 3}


@pytest.mark.parametrize(
    ("settings", "example_epsilon"),
    [
        ({"local": LocalPlan(lr=0.01)}, 8.0),
        (SECURE, 8.0),
        (SECURE | {"noise": 1.0, "clients": 5}, 0.0),
    ],
    ids=["in the clear", "masked", "masked, client-level privacy"],
)
def test_ray_gives_what_one_process_gives(settings: dict[str, Any], example_epsilon: float) -> None:
    """Of a part of the network: sampling, batches, noise, masks and the accounted privacy are the same."""
    torch.manual_seed(0)
    trained = NetworkPart(fold_batchnorm(build("emoar-s").eval()), "block", "fer2013")
    values = trained.values((np.random.default_rng(0).random((12, 1, 48, 48)) * 255).astype(np.float32))
    labels, start = np.arange(12) % 7, trained.weights()
    simulation = Simulation(trained, values, labels, values, labels)
    plan = Plan(rounds=2, rate=0.8, part="block", **settings)
    here, ray = (
        simulate(simulation, start, iid(labels, 5), plan, example_epsilon=example_epsilon, seed=4, engine=engine)
        for engine in ("local", "ray")
    )
    assert ray.reports == here.reports
    assert {report.chosen for report in ray.reports} != {5}  # some are not asked
    assert all(report.accepted for report in ray.reports)
    assert ray.privacy == here.privacy
    assert ray.privacy is not None
    for name, value in here.weights.items():
        assert ray.weights[name] == pytest.approx(value, abs=1e-4)


def test_an_error_of_the_rounds_is_that_of_the_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flower's runtime, which is not started here, would print it as its own."""

    def run_simulation(server: Any, _clients: Any, count: int, backend_config: Any) -> None:
        assert (count, backend_config["client_resources"]["num_cpus"]) == (0, 1)
        server(SimpleNamespace(get_node_ids=list, send_and_receive=lambda messages, timeout: messages), None)

    def refuse(fleet: Fleet) -> None:
        assert fleet.clients() == []
        raise InputError("the disk is full")

    monkeypatch.setattr("flwr.simulation.run_simulation", run_simulation)
    monkeypatch.setattr(ray_fleet, "_start", lambda _ray: None)
    faces = made_faces(7)
    simulation = Simulation(HEAD, faces.features, faces.labels, faces.features, faces.labels)
    with pytest.raises(InputError, match="disk is full"):
        ray_fleet.run_in_ray(simulation, [], [], 0, refuse)


def test_ray_is_tried_again_before_it_is_given_up() -> None:
    tries: list[dict[str, Any]] = []

    def init(**settings: Any) -> None:
        tries.append(settings)
        raise RuntimeError("the node timed out")

    with pytest.raises(InputError, match=r"^Ray does not start: .* --engine local$"):
        ray_fleet._start(SimpleNamespace(init=init, shutdown=lambda: None))  # pyright: ignore[reportPrivateUsage]
    assert len(tries) == 3
    assert tries[0]["include_dashboard"] is False
