"""Divisions of labelled faces among simulated clients. All are seeded, and each face has one client at most."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError

__all__ = ["PARTITIONS", "by_user", "check_partition", "dirichlet", "iid", "partition"]

Places = list[NDArray[np.int64]]  # positions of faces, by client


def iid(labels: NDArray[np.int64], clients: int, seed: int = 0) -> Places:
    """Equal shares at random.

    Args:
        labels: (N,) label of each face; only their number matters.
        clients: number of clients, at most N.
        seed: of the shuffle.

    Raises:
        InputError: there are fewer faces than clients.
    """
    _check(len(labels), clients)
    return [np.sort(part) for part in np.array_split(np.random.default_rng(seed).permutation(len(labels)), clients)]


def dirichlet(labels: NDArray[np.int64], clients: int, alpha: float, seed: int = 0) -> Places:
    """Shares of each label drawn from a symmetric Dirichlet distribution (Hsu et al., 2019): the smaller `alpha`, the
    fewer labels and the more unequal numbers of faces the clients have. A client that would have none gets one face of
    the largest.

    Args:
        labels: (N,) label of each face.
        clients: number of clients, at most N.
        alpha: concentration, above 0; 0.1 is very heterogeneous, 100 nearly IID.
        seed: of the draws.

    Raises:
        InputError: `alpha` is not positive, or there are fewer faces than clients.
    """
    _check(len(labels), clients)
    check_partition("dirichlet", alpha)
    rng = np.random.default_rng(seed)
    owner = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        places = rng.permutation(np.flatnonzero(labels == label))
        shares = rng.dirichlet(np.full(clients, alpha))
        ends = np.round(np.cumsum(shares) * len(places)).astype(np.int64)
        owner[places] = np.minimum(np.searchsorted(ends, np.arange(len(places)), side="right"), clients - 1)
    counts = np.bincount(owner, minlength=clients)
    for client in np.flatnonzero(counts == 0):
        largest = int(counts.argmax())
        owner[rng.choice(np.flatnonzero(owner == largest))] = client
        counts[largest] -= 1
        counts[client] += 1
    return [np.flatnonzero(owner == client) for client in range(clients)]


def by_user(users: Sequence[str]) -> Places:
    """One client for each user, in the order of their names; faces without a user belong to nobody.

    Args:
        users: (N,) name of the person that each face is of, "" where unknown.

    Raises:
        InputError: no face has a user.
    """
    names = np.asarray(users, dtype=str)
    known = [name for name in np.unique(names) if name]
    if not known:
        raise InputError("no face has a user: divide them with iid or dirichlet")
    return [np.flatnonzero(names == name) for name in known]


def _by_folder(labels: NDArray[np.int64], clients: int, alpha: float, seed: int, users: Sequence[str]) -> Places:
    del labels, clients, alpha, seed
    return by_user(users)


# name -> labels, clients, alpha, seed, users -> positions by client
PARTITIONS: Final[dict[str, Callable[[NDArray[np.int64], int, float, int, Sequence[str]], Places]]] = {
    "iid": lambda labels, clients, _alpha, seed, _users: iid(labels, clients, seed),
    "dirichlet": lambda labels, clients, alpha, seed, _users: dirichlet(labels, clients, alpha, seed),
    "user": _by_folder,
}


def partition(
    name: str, labels: NDArray[np.int64], clients: int, *, alpha: float = 0.5, seed: int = 0, users: Sequence[str] = ()
) -> Places:
    """Positions of faces by client, by the name of the division in `PARTITIONS`.

    Raises:
        InputError: the name is unknown, or the division is not possible.
    """
    check_partition(name, alpha)
    return PARTITIONS[name](labels, clients, alpha, seed, users)


def check_partition(name: str, alpha: float) -> None:
    """Checks the settings of a division before faces are read for it.

    Raises:
        InputError: the name is unknown, or alpha is not positive.
    """
    if name not in PARTITIONS:
        raise InputError(f"the partition must be one of {', '.join(PARTITIONS)}, got {name!r}")
    if not 0 < alpha < math.inf:
        raise InputError(f"alpha of the Dirichlet distribution must be above 0, got {alpha}")


def _check(faces: int, clients: int) -> None:
    if not 1 <= clients <= faces:
        raise InputError(f"{clients} clients cannot share {faces} faces: each needs one at least")
