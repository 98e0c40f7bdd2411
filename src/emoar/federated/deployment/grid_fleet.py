"""A fleet of Flower's nodes: the messages to clients, and their replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from emoar.federated.deployment.run_folder import plan_to_json
from emoar.federated.plan import Plan
from emoar.federated.rounds import Reply
from emoar.federated.updates import Arrays

__all__ = ["ERROR", "EXAMPLES", "TIMEOUT", "GridFleet", "to_reply"]

ERROR: Final = "error"  # key of a reply's config: why the client sends no update
EXAMPLES: Final = "num-examples"  # key of a reply's metrics
TIMEOUT: Final = "timeout-s"  # key of a message's config: how long the server waits for the reply


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
        from flwr.app import Array, ArrayRecord, ConfigRecord, Message, RecordDict

        arrays = ArrayRecord({name: Array(np.asarray(value)) for name, value in weights.items()})
        plan_text = plan_to_json(plan)
        config = ConfigRecord(
            {"round": number, "plan": plan_text, "model": self._fingerprint, TIMEOUT: float(self._timeout_s)}
        )
        content = RecordDict({"arrays": arrays, "config": config})
        messages = [Message(content=content, message_type="train", dst_node_id=int(name)) for name in chosen]
        return [to_reply(message) for message in self._grid.send_and_receive(messages, timeout=self._timeout_s)]


def to_reply(message: Any) -> Reply:
    """A client's message as a reply; what is not as expected becomes an error, never an exception."""
    client = str(message.metadata.src_node_id)
    if message.has_error():
        return Reply(client, error=str(message.error.reason or "the client failed")[:200])
    try:
        config = message.content.config_records.get("config", {})
        if ERROR in config:
            return Reply(client, error=str(config[ERROR])[:200])
        arrays = message.content.array_records["arrays"]
        delta = {str(name): array.numpy() for name, array in arrays.items()}
        return Reply(client, delta, message.content.metric_records["metrics"][EXAMPLES])
    except Exception as exc:  # a client may send anything
        return Reply(client, error=f"the reply cannot be read ({type(exc).__name__})")
