"""Faces are divided among clients: each has one owner, and heterogeneity follows alpha."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.federated.partition import by_user, dirichlet, iid, partition

LABELS = np.arange(2100) % 7


def _entropy(places: list[np.ndarray]) -> float:
    """Mean entropy of the labels of a client, in nats."""
    shares = [np.bincount(LABELS[p], minlength=7) / len(p) for p in places]
    return float(np.mean([-(s[s > 0] * np.log(s[s > 0])).sum() for s in shares]))


@pytest.mark.parametrize("name", ["iid", "dirichlet"])
@pytest.mark.parametrize("clients", [1, 10, 300])
def test_each_face_has_one_owner_and_each_client_a_face(name: str, clients: int) -> None:
    places = partition(name, LABELS, clients, alpha=0.1)
    assert len(places) == clients
    assert min(map(len, places)) >= 1
    assert sorted(np.concatenate(places).tolist()) == list(range(len(LABELS)))


def test_the_smaller_alpha_the_fewer_labels_a_client_has() -> None:
    entropies = [_entropy(dirichlet(LABELS, 10, alpha)) for alpha in (0.1, 0.5, 100)]
    assert entropies == sorted(entropies)
    assert _entropy(iid(LABELS, 10)) > 1.9 > 1.0 > entropies[0]


def test_the_seed_decides() -> None:
    one, again, other = (dirichlet(LABELS, 10, 0.5, seed) for seed in (1, 1, 2))
    assert [p.tolist() for p in one] == [p.tolist() for p in again] != [p.tolist() for p in other]


def test_by_user_leaves_out_faces_of_nobody() -> None:
    assert [p.tolist() for p in by_user(["ann", "", "bob", "ann"])] == [[0, 3], [2]]
    with pytest.raises(InputError, match="no face has a user"):
        by_user(["", ""])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("iid", LABELS, 2101), "2101 clients cannot share 2100 faces"),
        (("iid", LABELS, 0), "0 clients"),
        (("halves", LABELS, 2), "must be one of iid, dirichlet, user"),
    ],
)
def test_impossible_divisions(arguments: tuple[str, np.ndarray, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        partition(*arguments)
    with pytest.raises(InputError, match="alpha"):
        dirichlet(LABELS, 2, 0)
