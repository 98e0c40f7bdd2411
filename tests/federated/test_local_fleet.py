"""Clients of one process."""

from __future__ import annotations

import numpy as np
from federated_faces import FEATURES, HEAD, LABELS, Faces, made_fleet

from emoar.errors import InputError
from emoar.federated.accountant import Release
from emoar.federated.local_fleet import LocalFleet
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.updates import l2_norm

ZEROS = HEAD.zeros(LABELS, FEATURES)


def test_updates_are_clipped_by_the_client(faces: Faces) -> None:
    fleet, plan = made_fleet(faces, 4), Plan(local=LocalPlan(clip_norm=0.2, epochs=3))
    replies = fleet.train(1, ZEROS, plan, fleet.clients())
    assert [round(l2_norm(dict(reply.delta)), 4) for reply in replies] == [0.2] * 4
    assert sum(int(str(reply.examples)) for reply in replies) == len(faces.labels)


def test_example_level_releases_are_counted_for_each_client_that_was_drawn(faces: Faces) -> None:
    fleet, plan = made_fleet(faces, 4, noise=2.0), Plan()
    for chosen in (["client 0", "client 1"], ["client 1"]):
        fleet.train(1, ZEROS, plan, chosen)
    assert {name: len(releases) for name, releases in fleet.spent.items()} == {"client 0": 1, "client 1": 2}
    client = fleet.by_name["client 1"]
    assert fleet.spent["client 1"][0] == Release(2.0, *plan.local.sampling(client.examples))


def test_a_client_with_an_error_answers_with_it() -> None:
    class Broken:
        examples = 3

        def release(self, plan: LocalPlan) -> None:
            return None

        def train(self, weights: object, plan: LocalPlan, rng: np.random.Generator) -> dict[str, np.ndarray]:
            raise InputError("the file of faces is gone")

    (reply,) = LocalFleet({"a": Broken()}).train(1, ZEROS, Plan(), ["a"])
    assert reply.error == "the file of faces is gone"
