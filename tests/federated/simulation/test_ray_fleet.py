"""Simulations in processes of Ray: the same rounds as in one process."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from federated_faces import FEATURES, HEAD, LABELS, made_faces

from emoar.errors import InputError
from emoar.federated.network_client import NetworkPart
from emoar.federated.partition import iid
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.rounds import RoundReport
from emoar.federated.simulation.faces import Simulation
from emoar.federated.simulation.simulate import simulate
from emoar.training.networks.architectures import build
from emoar.training.networks.fold_batchnorm import fold_batchnorm

TRAINED, TEST = made_faces(120), made_faces(60, seed=1)
FACES = Simulation(HEAD, TRAINED.features, TRAINED.labels, TEST.features, TEST.labels)


pytestmark = pytest.mark.filterwarnings("ignore:::ray", "ignore::ResourceWarning", "ignore::FutureWarning")


def test_ray_gives_what_one_process_gives_until_an_error_ends_it() -> None:
    """Sampling, batches and noise are the same; an error of the rounds is that of the simulation."""
    seen: dict[str, list[tuple[RoundReport, float]]] = {"local": [], "ray": []}
    for engine, rounds in seen.items():

        def record(report: RoundReport, accuracy: float, rounds: list[tuple[RoundReport, float]] = rounds) -> None:
            rounds.append((report, accuracy))
            if report.number == 3:
                raise InputError("the disk is full")

        with pytest.raises(InputError, match="disk is full"):
            simulate(
                FACES,
                HEAD.zeros(LABELS, FEATURES),
                iid(FACES.labels, 3),
                Plan(rounds=4, rate=0.6),
                example_epsilon=8.0,
                seed=4,
                engine=engine,
                on_round=record,
            )
    assert seen["ray"] == seen["local"]
    assert {report.chosen for report, _ in seen["ray"]} != {3}  # some are not asked


def test_a_part_of_the_network_is_trained_in_ray() -> None:
    torch.manual_seed(0)
    trained = NetworkPart(fold_batchnorm(build("emoar-s").eval()), "block", "fer2013")
    rng = np.random.default_rng(0)
    values = trained.values((rng.random((12, 1, 48, 48)) * 255).astype(np.float32))
    labels, start = np.arange(12) % 7, trained.weights()
    simulation = Simulation(trained, values, labels, values, labels)
    plan = Plan(rounds=1, part="block", local=LocalPlan(lr=0.01))
    here, ray = (
        simulate(simulation, start, iid(labels, 3), plan, example_epsilon=8.0, engine=engine)
        for engine in ("local", "ray")
    )
    assert ray.reports[0].accepted == 3
    assert ray.privacy == here.privacy
    assert ray.privacy is not None
    for name, value in here.weights.items():
        assert ray.weights[name] == pytest.approx(value, abs=1e-4)
