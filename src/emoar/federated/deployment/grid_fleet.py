"""A fleet of Flower's nodes: the messages to clients, and their replies.

Flower waits three minutes for the rest of a reply that a node has begun to send, whatever the time limit. The reply of
each node is therefore fetched in a thread, which is left where the node is gone or the time is over.
"""

from __future__ import annotations

import concurrent.futures
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from emoar.federated.deployment.run_folder import plan_to_json
from emoar.federated.plan import Plan
from emoar.federated.rounds import Reply
from emoar.federated.secure_aggregation.secure_sum import Answer
from emoar.federated.updates import Arrays

__all__ = ["ANSWER", "ERROR", "EXAMPLES", "QUESTION", "TIMEOUT", "GridFleet", "to_answer", "to_reply"]

ERROR: Final = "error"  # key of a reply's config: why the client sends no update
QUESTION: Final = "question"  # key of a message's config: a stage of secure aggregation
ANSWER: Final = "answer"  # key of a reply's config
EXAMPLES: Final = "num-examples"  # key of a reply's metrics
TIMEOUT: Final = "timeout-s"  # key of a message's config: how long the server waits for the reply
_LONGEST_REASON: Final = 200  # characters
_PAUSES_S: Final = (0.05, 3.0)  # between two questions for replies: the first one, which doubles up to the last
_GONE: Final = "the node is gone; its reply had not come completely"


class GridFleet:
    """The nodes of a grid.

    Args:
        grid: a `flwr.serverapp.Grid`.
        fingerprint: of the model that the run starts from.
        timeout_s: how long a round waits for replies.
    """

    def __init__(self, grid: Any, fingerprint: str, timeout_s: float) -> None:
        self._grid, self._fingerprint, self._timeout_s = grid, fingerprint, timeout_s

    def clients(self) -> Sequence[str]:
        """The ids of the nodes that are connected now."""
        return sorted(str(node) for node in self._grid.get_node_ids())

    def train(self, number: int, weights: Arrays, plan: Plan, chosen: Sequence[str]) -> Sequence[Reply]:
        """The replies that came in time."""
        messages = [self._message(name, number, weights, plan) for name in chosen]
        return [to_reply(message, client) for client, message in self._replies(messages)]

    def exchange(
        self, number: int, weights: Arrays | None, plan: Plan, questions: Mapping[str, bytes]
    ) -> Sequence[Answer]:
        """The answers that came in time in a stage of secure aggregation."""
        messages = [self._message(name, number, weights or {}, plan, asked) for name, asked in questions.items()]
        return [to_answer(message, client) for client, message in self._replies(messages)]

    def _replies(self, messages: list[Any]) -> Iterator[tuple[str, Any]]:
        """One reply of each node that was asked, or why there is none. For a node that is gone, the SuperLink itself
        answers; where it does not yet, nobody waits for the node either."""
        sent = set(self._grid.push_messages(messages))
        asked_nodes = {message.metadata.message_id: message.metadata.dst_node_id for message in messages}
        waiting = {message: node for message, node in asked_nodes.items() if message in sent}
        until, pause_s = time.monotonic() + self._timeout_s, _PAUSES_S[0]
        executor = concurrent.futures.ThreadPoolExecutor(max(1, len(messages)))
        pulls: dict[str, concurrent.futures.Future[Any]] = {}
        try:
            while waiting and time.monotonic() < until:
                pulls |= {each: executor.submit(self._pulled, each) for each in waiting.keys() - pulls.keys()}
                done, unfinished = concurrent.futures.wait(pulls.values(), pause_s)
                online = set(self._grid.get_node_ids()) if unfinished else set[int]()
                for asked in [each for each, pull in pulls.items() if pull in done or waiting[each] not in online]:
                    pull = pulls.pop(asked)
                    replies = pull.result() if pull in done else [_GONE]
                    if replies:
                        node = waiting.pop(asked)
                        yield from ((str(node), reply) for reply in replies[:1] if _is_of(reply, node))
                if waiting and not unfinished:
                    time.sleep(max(0.0, min(pause_s, until - time.monotonic())))
                pause_s = min(2 * pause_s, _PAUSES_S[1])
        finally:
            executor.shutdown(wait=False, cancel_futures=True)

    def _pulled(self, asked: str) -> list[Any]:
        """The reply to a message, or why it cannot be read; empty where there is none yet."""
        from httpx import HTTPError

        try:
            return list(self._grid.pull_messages([asked]))
        except HTTPError:  # it is the server that does not answer: the run continues from its checkpoint
            raise
        except Exception as exc:  # a client may send anything
            return [f"the reply cannot be read ({type(exc).__name__})"]

    def _message(self, name: str, number: int, weights: Arrays, plan: Plan, question: bytes = b"") -> Any:
        from flwr.app import Array, ArrayRecord, ConfigRecord, Message, RecordDict

        arrays = ArrayRecord({name: Array(np.asarray(value)) for name, value in weights.items()})
        plan_text = plan_to_json(plan)
        config = ConfigRecord(
            {"round": number, "plan": plan_text, "model": self._fingerprint, TIMEOUT: float(self._timeout_s)}
        )
        if question:
            config[QUESTION] = question
        content = RecordDict({"arrays": arrays, "config": config})
        return Message(content=content, message_type="train", dst_node_id=int(name))


def _is_of(reply: Any, node: int) -> bool:
    """Whether a reply is of the node that was asked, or an error that stands for it."""
    return isinstance(reply, str) or reply.has_error() or reply.metadata.src_node_id == node


def to_reply(message: Any, client: str) -> Reply:
    """A client's message as a reply; what is not as expected becomes an error, never an exception.

    Args:
        message: of Flower, or why there is none.
        client: its name.
    """
    if isinstance(message, str) or message.has_error():
        return Reply(client, error=_reason(message))
    try:
        config = message.content.config_records.get("config", {})
        if ERROR in config:
            return Reply(client, error=str(config[ERROR])[:_LONGEST_REASON])
        arrays = message.content.array_records["arrays"]
        delta = {str(name): array.numpy() for name, array in arrays.items()}
        return Reply(client, delta, message.content.metric_records["metrics"][EXAMPLES])
    except Exception as exc:  # a client may send anything
        return Reply(client, error=f"the reply cannot be read ({type(exc).__name__})")


def to_answer(message: Any, client: str) -> Answer:
    """As `to_reply`, of a client's message in a stage of secure aggregation."""
    if isinstance(message, str) or message.has_error():
        return Answer(client, error=_reason(message))
    try:
        config = message.content.config_records["config"]
        if ERROR in config:
            return Answer(client, error=str(config[ERROR])[:_LONGEST_REASON])
        return Answer(client, bytes(config[ANSWER]))
    except Exception as exc:  # a client may send anything
        return Answer(client, error=f"the reply cannot be read ({type(exc).__name__})")


def _reason(message: Any) -> str:
    if isinstance(message, str):
        return message
    return str(message.error.reason or "the client failed")[:_LONGEST_REASON]
