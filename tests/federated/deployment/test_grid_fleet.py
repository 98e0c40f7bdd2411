"""Whatever a client answers becomes a reply; nothing that it sends ends the server."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from emoar.federated.deployment.grid_fleet import GridFleet, to_reply
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
        metadata=SimpleNamespace(src_node_id=7),
        content=SimpleNamespace(**records),
        has_error=lambda: error is not None,
        error=SimpleNamespace(reason=error),
    )


def test_an_update() -> None:
    reply = to_reply(_message({"bias": _Array(np.ones(3, np.float32))}, {"num-examples": 5}))
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
    assert error in to_reply(message).error


def test_nodes_are_named_by_their_ids() -> None:
    grid = SimpleNamespace(get_node_ids=lambda: [3, 1])
    assert GridFleet(grid, "", 1.0).clients() == ["1", "3"]
    grid.send_and_receive = lambda messages, timeout: []
    assert list(GridFleet(grid, "", 1.0).train(1, {}, Plan(), [])) == []
