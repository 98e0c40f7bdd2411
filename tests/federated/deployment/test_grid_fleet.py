"""Whatever a client answers becomes a reply; nothing that it sends ends the server."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from emoar.federated.deployment.grid_fleet import GridFleet, to_answer, to_reply
from emoar.federated.plan import Plan


class _Array:
    def __init__(self, value: Any) -> None:
        self._value = value

    def numpy(self) -> Any:
        if self._value is None:
            raise ValueError("no such type")
        return self._value


def _message(arrays: Any = None, metrics: Any = None, config: Any = None, error: str | None = None) -> Any:
    records = {
        "array_records": {"arrays": arrays} if arrays is not None else {},
        "metric_records": {"metrics": metrics} if metrics is not None else {},
        "config_records": {"config": config} if config is not None else {},
    }
    return SimpleNamespace(
        content=SimpleNamespace(**records),
        has_error=lambda: error is not None,
        error=SimpleNamespace(reason=error),
    )


def test_an_update() -> None:
    reply = to_reply(_message({"bias": _Array(np.ones(3, np.float32))}, {"num-examples": 5}), "7")
    assert (reply.client, reply.examples, reply.error) == ("7", 5, "")
    assert reply.delta["bias"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (_message(error="out of memory"), "out of memory"),
        (_message(error=""), "the client failed"),
        (_message(config={"error": "the budget is spent"}), "the budget is spent"),
        (_message(), "KeyError"),
        (_message({"bias": _Array(None)}, {"num-examples": 5}), "ValueError"),
        (_message({"bias": 3}, {"num-examples": 5}), "AttributeError"),
        (_message({"bias": _Array(np.ones(3))}, {}), "KeyError"),
    ],
)
def test_anything_else_is_the_reason_of_a_refusal(message: Any, error: str) -> None:
    assert error in to_reply(message, "7").error


def test_nodes_are_named_by_their_ids() -> None:
    grid = SimpleNamespace(get_node_ids=lambda: [3, 1])
    assert GridFleet(grid, "", 1.0).clients() == ["1", "3"]
    grid.send_and_receive = lambda messages, timeout: []
    assert list(GridFleet(grid, "", 1.0).train(1, {}, Plan(), [])) == []


def test_an_answer_of_a_secure_stage() -> None:
    answer = to_answer(_message(config={"answer": b"masked"}), "7")
    assert (answer.client, answer.content, answer.error) == ("7", b"masked", "")


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (_message(error=""), "the client failed"),
        (_message(config={"error": "the budget is spent"}), "the budget is spent"),
        (_message(config={}), "KeyError"),
        (_message(config={"answer": 2.5}), "TypeError"),
        (_message(), "KeyError"),
    ],
)
def test_anything_else_is_the_reason_of_a_lost_client(message: Any, error: str) -> None:
    assert error in to_answer(message, "7").error


@pytest.mark.usefixtures("_in_a_run")
def test_a_secure_stage_carries_weights_where_they_are_needed() -> None:
    sent: list[Any] = []
    grid = SimpleNamespace(send_and_receive=lambda messages, timeout: sent.extend(messages) or [])
    fleet = GridFleet(grid, "f1", 1.0)
    for weights in (None, {"bias": np.ones(3, np.float32)}):
        assert list(fleet.exchange(4, weights, Plan(), {"5": b"question"})) == []
    assert [message.metadata.dst_node_id for message in sent] == [5, 5]
    assert [list(message.content.array_records["arrays"]) for message in sent] == [[], ["bias"]]
    config = sent[0].content.config_records["config"]
    assert (config["question"], config["model"], config["round"]) == (b"question", "f1", 4)


@pytest.mark.usefixtures("_in_a_run")
def test_each_reply_is_of_the_node_that_was_asked() -> None:
    def replies(messages: list[Any], timeout: float) -> list[Any]:
        made = []
        for number, (message, source, reason) in enumerate(
            [(0, 5, None), (1, 1, "the node is gone"), (2, 5, None), (0, 5, "twice"), (None, 8, "unasked")], 1
        ):
            for index, asked in enumerate(messages):
                asked.metadata.__dict__["_message_id"] = f"m{index}"
            reply = _message(config={"answer": b"%d" % number}, error=reason)
            reply.metadata = SimpleNamespace(src_node_id=source, reply_to_message_id=f"m{message}")
            made.append(reply)
        return made

    fleet = GridFleet(SimpleNamespace(send_and_receive=replies), "f1", 1.0)
    answers = fleet.exchange(1, None, Plan(), {"5": b"?", "6": b"?", "7": b"?"})
    # the SuperLink answers for node 6; node 5 answers for node 7, and twice
    assert [(a.client, a.content, a.error) for a in answers] == [("5", b"1", ""), ("6", b"", "the node is gone")]
