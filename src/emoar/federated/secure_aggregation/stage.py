"""One stage of a client in Flower: a message is the question, and what is remembered stays with the node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from emoar.federated.plan import Plan
from emoar.federated.secure_aggregation.fixed_point import Vector
from emoar.federated.secure_aggregation.identity import Identity
from emoar.federated.secure_aggregation.member import Member

__all__ = ["answer_stage"]

_STATE: Final = "secure-aggregation"  # record in the state of a node, and key in it


def answer_stage(
    name: str, plan: Plan, question: bytes, state: Any, update: Callable[[], Vector], identity: Identity | None = None
) -> bytes:
    """The answer of a client to a stage of secure aggregation.

    Args:
        name: of the client, as the server knows it.
        plan: of the server.
        question: of the server.
        state: a `flwr.app.RecordDict`; Flower keeps it in the memory of the node until the next stage.
        update: computes the encoded update, where it is asked for.
        identity: of the client; None in a simulation.

    Raises:
        InputError: the question does not follow the one before, or would tell the server more than a sum.
    """
    from flwr.app import ConfigRecord

    before = bytes(state.config_records.get(_STATE, {}).get(_STATE, b""))
    member = Member(name, plan.least_clients, before, identity)
    try:
        return member.answer(question, update)
    finally:
        state.config_records[_STATE] = ConfigRecord({_STATE: member.state})
