"""The server's side of a round of secure aggregation: four questions to the clients, and the sum of their updates.

A client may be lost in any stage. The sum is of those whose masked update came; where too few are left to remove the
masks, there is none.
"""

from __future__ import annotations

import random
import secrets as system
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from emoar.errors import EmoarError, InputError
from emoar.federated.plan import LEAST_SECURE
from emoar.federated.secure_aggregation import secrets
from emoar.federated.secure_aggregation.fixed_point import Vector, decode, length
from emoar.federated.secure_aggregation.member import NEIGHBOURS, pair_mask
from emoar.federated.secure_aggregation.messages import (
    AskKeys,
    AskMasked,
    AskShares,
    AskUnmasking,
    Keys,
    Masked,
    Shares,
    Unmasking,
    from_bytes,
    to_bytes,
)
from emoar.federated.updates import Arrays

__all__ = ["Answer", "Exchange", "SecureSum", "groups", "secure_sum", "threshold"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class Answer:
    """What a client answered in a stage."""

    client: str
    content: bytes = b""
    error: str = ""  # the client's own reason why it sends nothing


class Exchange(Protocol):
    """Asks clients, wherever they run."""

    def __call__(self, questions: Mapping[str, bytes], *, with_weights: bool) -> Sequence[Answer]:
        """The answers that came in time; `with_weights` where the question needs the weights of the round."""
        ...


@dataclass(frozen=True, eq=False)
class SecureSum:
    """What the server knows after a round."""

    total: Mapping[str, NDArray[np.float64]] = field(default_factory=dict[str, NDArray[np.float64]])
    weight: float = 0.0  # the sum of the weights of the updates
    accepted: int = 0  # updates in the sum
    lost: tuple[str, ...] = ()  # client, stage and reason, one line each
    failure: str = ""  # why there is no sum; empty where there is


def secure_sum(
    exchange: Exchange,
    chosen: Sequence[str],
    like: Arrays,
    least: int,
    before_unmasking: Callable[[], None] = lambda: None,
) -> SecureSum:
    """The sum of the updates of a round, of which no single one is seen.

    Args:
        exchange: asks the clients.
        chosen: the clients to ask.
        like: tensors shaped like the updates.
        least: clients that must be in the sum.
        before_unmasking: called when the sum is about to become known: writes down what it costs.
    """
    protocol = _Protocol(exchange, like, max(least, LEAST_SECURE))
    try:
        total, weight, accepted = protocol.run(chosen, before_unmasking)
    except _NoSumError as exc:
        return SecureSum(lost=tuple(protocol.lost), failure=str(exc))
    return SecureSum(total, weight, accepted, tuple(protocol.lost))


def threshold(group: int, least: int) -> int:
    """Shares that give a secret: a majority of the group, so that nobody can learn both secrets of a client, and at
    least as many as must be in a sum."""
    return max(group // 2 + 1, min(group, least))


def groups(names: Iterable[str], neighbours: int = NEIGHBOURS) -> dict[str, set[str]]:
    """Who shares secrets with whom: the neighbours of each client on a shuffled ring, and the client itself."""
    ring = list(names)
    random.SystemRandom().shuffle(ring)
    if len(ring) <= neighbours + 1:
        return {name: set(ring) for name in ring}
    half, count = neighbours // 2, len(ring)
    return {name: {ring[(at + step) % count] for step in range(-half, half + 1)} for at, name in enumerate(ring)}


class _NoSumError(EmoarError):
    """The masks cannot be removed any more."""


class _Protocol:
    """One round."""

    def __init__(self, exchange: Exchange, like: Arrays, least: int) -> None:
        self._exchange, self._like, self._least = exchange, like, least
        self._round = system.token_hex(16)
        self.lost: list[str] = []

    def run(
        self, chosen: Sequence[str], before_unmasking: Callable[[], None]
    ) -> tuple[Mapping[str, NDArray[np.float64]], float, int]:
        """The weighted sum, the sum of the weights, and the number of updates."""
        keys = self._stage("keys", {name: AskKeys(self._round) for name in chosen}, Keys)
        self._enough(keys, "keys")
        self._groups = groups(keys)
        self._threshold = threshold(min(len(group) for group in self._groups.values()), self._least)
        asked = {
            name: AskShares({other: keys[other] for other in sorted(group)}, self._threshold)
            for name, group in self._groups.items()
        }
        shares = self._complete(self._stage("shares", asked, Shares))
        self._enough(shares, "shares")
        masked = self._stage("masked", {name: self._sealed_for(name, shares) for name in shares}, Masked, weights=True)
        vectors = self._vectors(masked)
        self._enough(vectors, "masked updates")
        before_unmasking()
        total = np.sum(list(vectors.values()), axis=0, dtype=np.uint64)
        total -= self._masks(keys, shares, set(vectors))
        tensors, weight = decode(total, self._like)
        return tensors, weight, len(vectors)

    def _stage(
        self, stage: str, questions: Mapping[str, msgspec.Struct], kind: type[_T], *, weights: bool = False
    ) -> dict[str, _T]:
        """The readable answers; who gives none is lost from here on."""
        found: dict[str, _T] = {}
        answers = self._exchange(
            {name: to_bytes(question) for name, question in questions.items()}, with_weights=weights
        )
        for answer in answers:
            if answer.client not in questions:
                continue
            try:
                if answer.error:
                    raise InputError(answer.error)
                found[answer.client] = from_bytes(answer.content, kind)
            except InputError as exc:
                self.lost.append(f"{answer.client}: {exc}")
        silent = len(questions.keys() - {answer.client for answer in answers})
        if silent:
            self.lost.append(f"{silent} of {len(questions)} clients did not answer in time ({stage})")
        return found

    def _enough(self, left: Mapping[str, object], what: str) -> None:
        """Checks that the masks of everyone who shared secrets can still be removed."""
        if len(left) < self._least:
            raise _NoSumError(f"{what} of {len(left)} clients came, {self._least} are needed")
        if what != "keys" and any(len(group & left.keys()) < self._threshold for group in self._groups.values()):
            raise _NoSumError(f"{what} of {len(left)} clients came: too few to remove the masks")

    def _complete(self, shares: Mapping[str, Shares]) -> dict[str, Shares]:
        """Without those of clients that left out a member of their group."""
        complete: dict[str, Shares] = {}
        for name, answer in shares.items():
            if answer.sealed.keys() == self._groups[name] - {name}:
                complete[name] = answer
            else:
                self.lost.append(f"{name}: its shares are not for all members of its group")
        return complete

    def _sealed_for(self, name: str, shares: Mapping[str, Shares]) -> AskMasked:
        others = sorted(self._groups[name] & shares.keys() - {name})
        return AskMasked({other: shares[other].sealed[name] for other in others})

    def _vectors(self, masked: Mapping[str, Masked]) -> dict[str, Vector]:
        vectors: dict[str, Vector] = {}
        for name, answer in masked.items():
            if len(answer.vector) != 8 * length(self._like):
                self.lost.append(f"{name}: the masked update is of another model or an older version")
                continue
            vectors[name] = np.frombuffer(answer.vector, "<u8").astype(np.uint64)
        return vectors

    def _masks(self, keys: Mapping[str, Keys], shares: Mapping[str, Shares], alive: set[str]) -> Vector:
        """The sum of all masks that do not cancel: those of each client alone, and those for lost clients."""
        gone = shares.keys() - alive
        asked: dict[str, AskUnmasking] = {}
        for name in alive:
            group = self._groups[name]
            asked[name] = AskUnmasking(sorted(group & alive), sorted(group & gone))
        answers = self._stage("unmasking", asked, Unmasking).values()
        count = length(self._like)
        total = np.zeros(count, np.uint64)
        for name in sorted(alive):
            seed = self._secret(answer.seeds.get(name, b"") for answer in answers)
            if secrets.digest(seed) != shares[name].seed_digest:
                raise _NoSumError("shares of a seed are wrong: the masks cannot be removed")
            total += secrets.mask(seed, count)
        for name in sorted(gone):
            private = self._secret(answer.keys.get(name, b"") for answer in answers)
            if secrets.public_key(private) != keys[name].mask:
                raise _NoSumError("shares of a key are wrong: the masks cannot be removed")
            for other in sorted(self._groups[name] & alive):  # what they added for the lost one
                total -= pair_mask(private, keys[other].mask, self._round, name, other, count)
        return total

    def _secret(self, shares: Iterable[bytes]) -> bytes:
        try:
            return secrets.combine([share for share in shares if share], self._threshold)
        except InputError as exc:
            raise _NoSumError(f"{exc}: the masks cannot be removed") from exc
