"""The server gets the sum of those whose masked update came, whoever is lost when; or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.federated.secure_aggregation.fixed_point import encode
from emoar.federated.secure_aggregation.member import Member
from emoar.federated.secure_aggregation.messages import Masked, Shares, Unmasking, from_bytes, to_bytes
from emoar.federated.secure_aggregation.secure_sum import Answer, groups, secure_sum, threshold

STAGES = ("keys", "shares", "masked", "unmasking")
LIKE = {"w": np.zeros((2, 3), np.float32)}
RNG = np.random.default_rng(0)


class Clients:
    """Clients 0, 1, ...: client i has the update i everywhere, of weight i + 1. Some are lost, or answer differently.

    Args:
        count: number of clients.
        lost: stage -> clients that answer nothing from there on.
        changed: stage -> client -> what becomes of its answer.
    """

    def __init__(self, count: int, lost: Mapping[str, Sequence[int]] = {}, changed: Mapping[str, Any] = {}) -> None:
        self.names = [str(index) for index in range(count)]
        self.members = {name: Member(name) for name in self.names}
        self.lost, self.changed = lost, changed
        self.asked: list[str] = []
        self.vectors: dict[str, bytes] = {}

    def __call__(self, questions: Mapping[str, bytes], *, with_weights: bool) -> Sequence[Answer]:
        stage = STAGES[len(self.asked)]
        assert with_weights == (stage == "masked")
        self.asked.append(stage)
        gone = {str(index) for past in self.asked for index in self.lost.get(past, ())}
        return [self._answer(stage, name, asked) for name, asked in questions.items() if name not in gone]

    def _answer(self, stage: str, name: str, asked: bytes) -> Answer:
        index = int(name)
        delta = {"w": np.full((2, 3), index, np.float32)}
        try:
            content = self.members[name].answer(asked, lambda: encode(delta, index + 1, 0.0, RNG))
        except InputError as exc:
            return Answer(name, error=str(exc))
        change = self.changed.get(stage, {}).get(index)
        if stage == "masked":
            self.vectors[name] = content
        return Answer(name, change(content) if change else content)


def _expected(indices: Sequence[int]) -> tuple[float, float]:
    return float(sum(i * (i + 1) for i in indices)), float(sum(i + 1 for i in indices))


def _check(clients: Clients, alive: Sequence[int]) -> None:
    result = secure_sum(clients, clients.names, LIKE, 3)
    assert result.failure == ""
    value, weight = _expected(alive)
    assert result.accepted == len(alive)
    assert result.weight == weight
    assert result.total["w"] == pytest.approx(np.full((2, 3), value))


def test_the_sum_of_all() -> None:
    _check(Clients(7), range(7))


@pytest.mark.parametrize("stage", STAGES[:3])
@pytest.mark.parametrize("victims", [[2], [0, 6], [1, 3, 4]])
def test_clients_lost_before_their_update_came_are_left_out_exactly(stage: str, victims: list[int]) -> None:
    _check(Clients(7, {stage: victims}), [index for index in range(7) if index not in victims])


def test_clients_lost_after_their_update_came_are_in_the_sum() -> None:
    _check(Clients(7, {"unmasking": [1, 3, 4]}), range(7))


def test_clients_lost_one_after_another() -> None:
    _check(Clients(11, {"keys": [0], "shares": [1], "masked": [2], "unmasking": [3]}), range(3, 11))


@pytest.mark.parametrize("stage", STAGES)
def test_too_few_clients_give_nothing(stage: str) -> None:
    spent: list[bool] = []
    victims = [0, 1, 2, 3, 4] if stage == "keys" else [0, 1, 2, 3]
    result = secure_sum(Clients(7, {stage: victims}), [str(i) for i in range(7)], LIKE, 3, lambda: spent.append(True))
    assert result.failure
    assert (result.accepted, result.weight, result.total) == (0, 0.0, {})
    assert spent == ([True] if stage == "unmasking" else [])  # paid for when the sum might become known, not before
    assert f"{len(victims)} of 7 clients did not answer in time ({stage})" in result.lost


def test_fewer_than_the_least_give_nothing() -> None:
    result = secure_sum(Clients(7, {"masked": [0, 1]}), [str(i) for i in range(7)], LIKE, 6)
    assert result.failure == "masked updates of 5 clients came, 6 are needed"
    assert "are needed" in secure_sum(Clients(2), ["0", "1"], LIKE, 1).failure  # of two, each would know the other's
    assert "are needed" in secure_sum(Clients(0), [], LIKE, 1).failure


GARBAGE = {
    "keys": lambda _content: b"?",
    "shares": lambda content: to_bytes(Shares({}, from_bytes(content, Shares).seed_digest)),
    "masked": lambda _content: to_bytes(Masked(bytes(8))),
    "unmasking": lambda _content: to_bytes(Unmasking({}, {})),
}


@pytest.mark.parametrize("stage", STAGES)
def test_an_answer_that_cannot_be_used_is_one_lost_client(stage: str) -> None:
    clients = Clients(7, changed={stage: {2: GARBAGE[stage]}})
    _check(clients, range(7) if stage == "unmasking" else [0, 1, 3, 4, 5, 6])


def test_the_reason_of_a_lost_client_is_kept() -> None:
    result = secure_sum(Clients(5, changed={"masked": {2: GARBAGE["masked"]}}), [str(i) for i in range(5)], LIKE, 3)
    assert result.lost == ("2: the masked update is of another model or an older version",)


@pytest.mark.parametrize("lost", [{}, {"masked": [5]}])
def test_wrong_shares_are_noticed(lost: dict[str, list[int]]) -> None:
    def wrong(content: bytes) -> bytes:
        answer = from_bytes(content, Unmasking)
        turned = {name: share[:-1] + bytes([share[-1] ^ 1]) for name, share in answer.seeds.items()}
        return to_bytes(Unmasking(turned, {name: share[:-1] + b"?" for name, share in answer.keys.items()}))

    clients = Clients(6, lost, {"unmasking": dict.fromkeys(range(6), wrong)})
    result = secure_sum(clients, clients.names, LIKE, 3)
    assert "the masks cannot be removed" in result.failure
    assert result.total == {}


def test_what_the_server_gets_of_a_client_is_uniform() -> None:
    like = {"w": np.zeros(20_000, np.float32)}

    class Long(Clients):
        def _answer(self, stage: str, name: str, asked: bytes) -> Answer:
            content = self.members[name].answer(asked, lambda: encode(like, 1, 0.0, RNG))
            if stage == "masked":
                self.vectors[name] = content
            return Answer(name, content)

    clients = Long(4)
    assert secure_sum(clients, clients.names, like, 3).failure == ""
    for content in clients.vectors.values():
        values = np.frombuffer(from_bytes(content, Masked).vector, np.uint8)
        counts = np.bincount(values, minlength=256)
        assert counts.min() > 0.8 * len(values) / 256
        assert counts.max() < 1.2 * len(values) / 256


def test_many_clients_have_some_neighbours_each() -> None:
    _check(
        Clients(150, {"shares": [3], "masked": [7, 70, 140], "unmasking": [9]}),
        [i for i in range(150) if i not in (3, 7, 70, 140)],
    )
    found = groups([str(i) for i in range(150)])
    assert {len(group) for group in found.values()} == {101}
    assert all(name in found[other] for name, group in found.items() for other in group)
    assert {len(group) for group in groups(["a", "b", "c"]).values()} == {3}


@pytest.mark.parametrize(("group", "least", "expected"), [(3, 3, 3), (4, 3, 3), (7, 3, 4), (9, 6, 6), (101, 500, 101)])
def test_a_majority_is_needed_and_no_fewer_than_a_sum_has(group: int, least: int, expected: int) -> None:
    assert threshold(group, least) == expected
