"""A client tells a server that does not follow the protocol nothing about its update."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.federated.secure_aggregation import secrets
from emoar.federated.secure_aggregation.member import Member
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

NAMES = ["1", "2", "3", "4"]
VECTOR = np.arange(10, dtype=np.uint64)


class Group:
    """Four clients up to some stage; each stage is answered by a new `Member`, as in a new process."""

    def __init__(self, least: int = 3) -> None:
        self.least, self.states = least, dict.fromkeys(NAMES, b"")
        self.trained = 0

    def ask(self, name: str, question: Any) -> bytes:
        member = Member(name, self.least, self.states[name])
        try:
            return member.answer(to_bytes(question), self._update)
        finally:
            self.states[name] = member.state

    def _update(self) -> Any:
        self.trained += 1
        return VECTOR

    def keys(self) -> dict[str, Keys]:
        return {name: from_bytes(self.ask(name, AskKeys("r")), Keys) for name in NAMES}

    def shares(self, threshold: int = 3) -> dict[str, AskMasked]:
        question = AskShares(self.keys(), threshold)
        given = {name: from_bytes(self.ask(name, question), Shares).sealed for name in NAMES}
        return {name: AskMasked({other: given[other][name] for other in NAMES if other != name}) for name in NAMES}

    def masked(self) -> dict[str, Any]:
        asked = self.shares()
        answers = {name: from_bytes(self.ask(name, asked[name]), Masked).vector for name in NAMES}
        return {name: np.frombuffer(content, "<u8") for name, content in answers.items()}


def test_masks_of_pairs_cancel_and_seeds_remain() -> None:
    group = Group()
    masked = group.masked()
    total = np.sum(list(masked.values()), axis=0, dtype=np.uint64)
    answers = [from_bytes(group.ask(name, AskUnmasking(NAMES, [])), Unmasking) for name in NAMES]
    for name in NAMES:
        total -= secrets.mask(secrets.combine([answer.seeds[name] for answer in answers], 3), 10)
    assert total.tolist() == (4 * VECTOR).tolist()
    assert not any(answer.keys for answer in answers)


def test_a_masked_update_tells_nothing_even_when_its_seed_is_known() -> None:
    group = Group()
    masked = group.masked()
    answers = [from_bytes(group.ask(name, AskUnmasking(NAMES, [])), Unmasking) for name in NAMES]
    for name in NAMES:
        seed = secrets.combine([answer.seeds[name] for answer in answers], 3)
        rest = masked[name] - secrets.mask(seed, 10)
        assert (rest > 2**40).any()  # the update is below 10 everywhere
        assert (masked[name] > 2**40).any()


def test_every_round_has_other_masks() -> None:
    assert (Group().masked()["1"] != Group().masked()["1"]).all()


def test_no_stage_is_answered_twice_or_out_of_order() -> None:
    group = Group()
    with pytest.raises(InputError, match="masked of secure aggregation, which does not come now"):
        group.ask("1", AskMasked({}))
    asked = group.shares()
    with pytest.raises(InputError, match="does not come now"):
        group.ask("2", AskUnmasking(NAMES, []))
    group.ask("1", asked["1"])
    with pytest.raises(
        InputError, match="does not come now"
    ):  # the same mask on another update would show the difference
        group.ask("1", asked["1"])
    assert group.trained == 1
    group = Group()
    group.masked()
    group.ask("1", AskUnmasking(NAMES, []))
    with pytest.raises(InputError, match="does not come now"):  # the other secret of a client
        group.ask("1", AskUnmasking(["1", "2", "3"], ["4"]))


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (AskUnmasking(NAMES, ["4"]), "both secrets of one client"),
        (AskUnmasking(["2", "3", "4"], ["1"]), "both secrets of one client"),
        (AskUnmasking([*NAMES, "5"], []), "both secrets of one client"),
        (AskUnmasking(["1", "2"], ["3", "4"]), "only 2 clients are left"),
    ],
)
def test_what_would_unmask_a_client_is_refused_for_good(question: AskUnmasking, message: str) -> None:
    group = Group()
    group.masked()
    with pytest.raises(InputError, match=message):
        group.ask("1", question)
    with pytest.raises(InputError, match="does not come now"):
        group.ask("1", AskUnmasking(NAMES, []))


@pytest.mark.parametrize("threshold", [1, 2, 5])
def test_a_threshold_without_a_majority_is_refused(threshold: int) -> None:
    with pytest.raises(InputError, match="hides too little"):
        Group().shares(threshold)


def test_a_group_that_is_smaller_than_the_noise_needs_is_refused() -> None:
    with pytest.raises(InputError, match="hides too little: 5 clients"):
        Group(least=5).shares(4)
    group = Group()
    asked = group.shares()
    group.least = 4  # the plan of the stage in which noise is drawn counts on more clients than can unmask
    with pytest.raises(InputError, match="hides too little: 4 clients"):
        group.ask("1", asked["1"])


def test_exchanged_keys_are_noticed() -> None:
    group = Group()
    keys = group.keys()
    for other in ({**keys, "1": keys["2"]}, {**keys, "3": keys["2"]}, {name: keys[name] for name in ("2", "3", "4")}):
        with pytest.raises(InputError, match="exchanged keys"):
            Member("1", 3, group.states["1"]).answer(to_bytes(AskShares(other, 3)), lambda: VECTOR)


@pytest.mark.parametrize("left", [["2"], []])
def test_too_few_shares_send_nothing(left: list[str]) -> None:
    group = Group()
    asked = group.shares()["1"]
    with pytest.raises(InputError, match="too few clients are left"):
        group.ask("1", AskMasked({name: asked.sealed[name] for name in left}))
    assert not group.trained


def test_a_changed_share_and_a_damaged_question_send_nothing() -> None:
    group = Group()
    asked = group.shares()["1"]
    changed = {**asked.sealed, "2": bytes(len(asked.sealed["2"]))}
    with pytest.raises(InputError, match="changed on its way"):
        group.ask("1", AskMasked(changed))
    assert not group.trained
    with pytest.raises(InputError, match="cannot be read"):
        Member("1").answer(b"?", lambda: VECTOR)
    with pytest.raises(InputError, match="cannot be read"):
        Member("1", 3, b"?")
