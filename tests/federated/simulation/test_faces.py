"""The faces of a simulation."""

from __future__ import annotations

import numpy as np
import pytest
from federated_faces import FEATURES, HEAD, LABELS, made_faces

from emoar.errors import InputError
from emoar.federated.simulation.faces import Simulation

FACES = made_faces(40)


def test_a_client_has_the_faces_at_its_positions_and_its_noise() -> None:
    simulation = Simulation(HEAD, FACES.features, FACES.labels, FACES.features, FACES.labels)
    client = simulation.client(np.array([3, 5, 8]), 2.0)
    assert client.examples == 3
    assert getattr(client, "labels").tolist() == FACES.labels[[3, 5, 8]].tolist()  # noqa: B009
    assert getattr(client, "noise") == 2.0  # noqa: B009


def test_the_accuracy_is_that_of_the_test_faces() -> None:
    zeros = HEAD.zeros(LABELS, FEATURES)  # all faces get the first label
    simulation = Simulation(HEAD, FACES.features, FACES.labels, FACES.features[:4], np.array([0, 0, 0, 1]))
    assert simulation.accuracy(zeros) == 0.75


def test_each_face_needs_a_label() -> None:
    with pytest.raises(InputError, match="40 faces and 39 labels"):
        Simulation(HEAD, FACES.features, FACES.labels[1:], FACES.features, FACES.labels)
