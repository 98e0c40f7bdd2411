"""Made features of faces for the tests of federated learning: seven clusters, one a label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emoar.federated.head import Head, HeadClient
from emoar.federated.local_fleet import LocalFleet
from emoar.federated.partition import dirichlet

__all__ = ["HEAD", "Faces", "made_faces", "made_fleet"]

HEAD = Head("fer2013")
LABELS, FEATURES = 7, 16


@dataclass(frozen=True, eq=False)
class Faces:
    """Features (N, 16) and labels (N,)."""

    features: NDArray[np.float32]
    labels: NDArray[np.int64]


def made_faces(count: int = 1400, seed: int = 0) -> Faces:
    """Faces of seven labels, equally often."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(9).normal(size=(LABELS, FEATURES))
    labels = np.arange(count) % LABELS
    return Faces((centres[labels] + rng.normal(size=(count, FEATURES))).astype(np.float32), labels)


def made_fleet(faces: Faces, clients: int, noise: float = 0.0, alpha: float = 0.5) -> LocalFleet:
    """Clients with unequal shares of the labels."""
    places = dirichlet(faces.labels, clients, alpha)
    return LocalFleet(
        {f"client {i}": HeadClient(HEAD, faces.features[p], faces.labels[p], noise) for i, p in enumerate(places)}
    )
