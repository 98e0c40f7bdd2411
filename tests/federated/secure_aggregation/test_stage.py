"""What a client remembers between two messages of Flower is in the state of its node alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from flwr.app import RecordDict

from emoar.errors import InputError
from emoar.federated.deployment.certificates import create_node_key
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.secure_aggregation.fixed_point import Vector
from emoar.federated.secure_aggregation.identity import Identity
from emoar.federated.secure_aggregation.messages import AskKeys, AskShares, Keys, Shares, from_bytes, to_bytes
from emoar.federated.secure_aggregation.stage import answer_stage

PLAN = Plan(rounds=1, secure=True, least_clients=3, local=LocalPlan(clip_norm=0.5))
NAMES = ("1", "2", "3")


def _nothing() -> Vector:
    return np.zeros(1, np.uint64)


def test_each_stage_continues_the_one_before() -> None:
    states = {name: RecordDict() for name in NAMES}
    asked = to_bytes(AskKeys("r"))
    keys = {name: from_bytes(answer_stage(name, PLAN, asked, states[name], _nothing), Keys) for name in NAMES}
    question = to_bytes(AskShares(keys, 3))
    answer = from_bytes(answer_stage("1", PLAN, question, states["1"], _nothing), Shares)
    assert set(answer.sealed) == {"2", "3"}
    for state in (states["1"], RecordDict()):  # a stage that was answered, and a client that knows of no round
        with pytest.raises(InputError, match="does not come now"):
            answer_stage("1", PLAN, question, state, _nothing)


def test_what_goes_wrong_is_remembered_too() -> None:
    state = RecordDict()
    answer_stage("1", PLAN, to_bytes(AskKeys("r")), state, _nothing)
    for message in ("exchanged keys", "does not come now"):
        with pytest.raises(InputError, match=message):
            answer_stage("1", PLAN, to_bytes(AskShares({}, 3)), state, _nothing)


def test_keys_are_signed_where_the_client_has_an_identity(tmp_path: Path) -> None:
    create_node_key(tmp_path / "key")
    identity = Identity(tmp_path / "key")
    asked = to_bytes(AskKeys("r"))
    signed, plain = (
        from_bytes(answer_stage("1", PLAN, asked, RecordDict(), _nothing, each), Keys) for each in (identity, None)
    )
    assert signed.signer == (tmp_path / "key.pub").read_bytes().strip()
    assert (plain.signer, plain.signature) == (b"", b"")
