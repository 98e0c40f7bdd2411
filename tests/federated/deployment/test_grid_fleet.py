"""Whatever a client answers becomes a reply; nothing that it sends ends the server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest
from flwr.proto.message_pb2 import Message as MessageProto
from flwr.proto.message_pb2 import Metadata as MetadataProto
from flwr.proto.message_pb2 import ObjectTree, PullObjectResponse
from flwr.proto.runtime_pb2 import GetNodesResponse, PullAppMessagesResponse, PushAppMessagesResponse
from flwr.supercore.run import Run
from flwr.superlink.grid.http_grid import HttpGrid

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


class Grid:
    """Some of Flower's grid: gives each message an id, and what `replies` has for it.

    Args:
        replies: message id -> the replies to it; a function is called for them.
        online: the nodes that are connected.
    """

    def __init__(self, replies: dict[str, Any], online: tuple[int, ...] = ()) -> None:
        self.sent: list[Any] = []
        self._replies, self._online = replies, online

    def get_node_ids(self) -> list[int]:
        return list(self._online)

    def push_messages(self, messages: list[Any]) -> list[str | None]:
        for number, message in enumerate(messages):
            message.metadata.__dict__["_message_id"] = f"m{number}"
        self.sent += messages
        return [each.metadata.message_id if each.metadata.message_id in self._replies else None for each in messages]

    def pull_messages(self, message_ids: list[str]) -> list[Any]:
        (asked,) = message_ids
        replies = self._replies[asked]
        return replies() if callable(replies) else replies


def _reply(source: int, content: bytes = b"", error: str | None = None) -> Any:
    reply = _message(config={"answer": content}, error=error)
    reply.metadata = SimpleNamespace(src_node_id=source)
    return reply


def test_nodes_are_named_by_their_ids() -> None:
    fleet = GridFleet(Grid({}, online=(3, 1)), "", 1.0)
    assert fleet.clients() == ["1", "3"]
    assert list(fleet.train(1, {}, Plan(), [])) == []


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
    grid = Grid({})
    fleet = GridFleet(grid, "f1", 1.0)
    for weights in (None, {"bias": np.ones(3, np.float32)}):
        assert list(fleet.exchange(4, weights, Plan(), {"5": b"question"})) == []
    assert [message.metadata.dst_node_id for message in grid.sent] == [5, 5]
    assert [list(message.content.array_records["arrays"]) for message in grid.sent] == [[], ["bias"]]
    config = grid.sent[0].content.config_records["config"]
    assert (config["question"], config["model"], config["round"]) == (b"question", "f1", 4)


@pytest.mark.usefixtures("_in_a_run")
def test_each_reply_is_of_the_node_that_was_asked() -> None:
    grid = Grid(
        {
            "m0": [_reply(5, b"1"), _reply(5, b"twice")],
            "m1": [_reply(1, error="the node is gone")],  # the SuperLink answers for node 6
            "m2": [_reply(5, b"of another")],
        }
    )
    answers = GridFleet(grid, "f1", 60.0).exchange(1, None, Plan(), {"5": b"?", "6": b"?", "7": b"?"})
    assert {(a.client, a.content, a.error) for a in answers} == {("5", b"1", ""), ("6", b"", "the node is gone")}
    assert len(answers) == 2


@pytest.mark.usefixtures("_in_a_run")
def test_a_reply_may_come_later() -> None:
    tries: list[int] = []

    def later() -> list[Any]:
        tries.append(1)
        return [_reply(5, b"late")] if len(tries) == 3 else []

    answers = GridFleet(Grid({"m0": later}), "f1", 60.0).exchange(1, None, Plan(), {"5": b"?"})
    assert [(a.client, a.content) for a in answers] == [("5", b"late")]


@pytest.fixture
def forever() -> Any:
    """What Flower does while the rest of a reply is missing: it waits, whoever asked."""
    end = threading.Event()

    def wait() -> list[Any]:
        end.wait()
        return []

    yield wait
    end.set()


@pytest.mark.usefixtures("_in_a_run")
def test_a_node_that_dies_while_it_sends_holds_nobody_up(forever: Callable[[], list[Any]]) -> None:
    """Its reply has begun and never ends. The round neither waits for it nor loses the reply of the other."""
    grid = Grid({"m0": forever, "m1": [_reply(6, b"whole")]}, online=(6,))
    answers = GridFleet(grid, "f1", 1e6).exchange(1, None, Plan(), {"5": b"?", "6": b"?"})
    assert {(a.client, a.content) for a in answers} == {("5", b""), ("6", b"whole")}
    assert next(a.error for a in answers if a.client == "5") == "the node is gone; its reply had not come completely"


@pytest.mark.usefixtures("_in_a_run")
def test_a_node_that_lives_and_never_ends_is_left_at_the_time_limit(forever: Callable[[], list[Any]]) -> None:
    grid = Grid({"m0": forever, "m1": [_reply(6, b"whole")]}, online=(5, 6))
    answers = GridFleet(grid, "f1", 2.0).exchange(1, None, Plan(), {"5": b"?", "6": b"?"})
    assert [(a.client, a.content) for a in answers] == [("6", b"whole")]


@pytest.mark.usefixtures("_in_a_run")
def test_what_cannot_be_read_costs_one_node_and_a_lost_server_ends_the_round() -> None:
    def damaged() -> list[Any]:
        raise ValueError("no such object")

    grid = Grid({"m0": damaged, "m1": [_reply(6, b"whole")]})
    answers = GridFleet(grid, "f1", 60.0).exchange(1, None, Plan(), {"5": b"?", "6": b"?"})
    assert {(a.client, a.error) for a in answers} == {("5", "the reply cannot be read (ValueError)"), ("6", "")}

    def lost() -> list[Any]:
        raise httpx.ConnectError("refused")

    with pytest.raises(httpx.ConnectError):
        GridFleet(Grid({"m0": lost}), "f1", 60.0).train(1, {}, Plan(), ["5"])


class BegunReply:
    """The SuperLink's Runtime API while a reply has begun to arrive: the message is there, its content is not yet.

    Attributes:
        asked: how often the content was asked for.
        found: whether the server still expects the content.
    """

    def __init__(self) -> None:
        self.asked, self.found = threading.Event(), True

    def PushMessages(self, request: Any) -> Any:  # noqa: N802 - Flower's names
        ids = [message.metadata.message_id for message in request.messages_list]
        return PushAppMessagesResponse(message_ids=ids)

    def PushObject(self, _request: Any) -> Any:  # noqa: N802
        raise AssertionError("the server has asked for nothing")

    def PullMessages(self, request: Any) -> Any:  # noqa: N802
        reply = MessageProto(metadata=MetadataProto(message_id="r", reply_to_message_id=request.message_ids[0]))
        return PullAppMessagesResponse(messages_list=[reply], message_object_trees=[ObjectTree(object_id="r")])

    def PullObject(self, _request: Any) -> Any:  # noqa: N802
        self.asked.set()
        return PullObjectResponse(object_found=self.found, object_available=False)

    def GetNodes(self, _request: Any) -> Any:  # noqa: N802 - the node that sent it is gone
        assert self.asked.wait(60)
        return GetNodesResponse()


@pytest.mark.usefixtures("_in_a_run")
def test_flower_itself_waits_for_a_reply_that_has_begun_and_a_round_does_not() -> None:
    server: Any = BegunReply()
    grid = HttpGrid(token="token")
    grid.set_run(Run.create_empty(9))
    grid._client = server  # pyright: ignore[reportPrivateUsage]
    waiting = threading.Thread(target=lambda: list(grid.pull_messages(["m"])), daemon=True)
    waiting.start()
    answers = GridFleet(grid, "f1", 1e6).exchange(1, None, Plan(), {"5": b"?"})
    assert [(a.client, a.error) for a in answers] == [("5", "the node is gone; its reply had not come completely")]
    assert waiting.is_alive()
    server.found = False  # after three minutes, the server gives up
    waiting.join()
