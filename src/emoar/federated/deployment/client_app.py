"""Flower's ClientApp: one process for each message, on the node's faces. What leaves is checked and paid for here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from emoar.errors import EmoarError, InputError
from emoar.federated.deployment.browser_settings import BrowserSettings
from emoar.federated.deployment.browsers_client import browsers_update
from emoar.federated.deployment.grid_fleet import ANSWER, ERROR, EXAMPLES, QUESTION
from emoar.federated.deployment.node_settings import NodeSettings
from emoar.federated.deployment.run_folder import plan_from_json
from emoar.federated.local_fleet import encoded_update, local_update
from emoar.federated.plan import Plan
from emoar.federated.secure_aggregation.fixed_point import Vector
from emoar.federated.secure_aggregation.identity import Identity
from emoar.federated.secure_aggregation.stage import answer_stage
from emoar.federated.updates import Arrays

__all__ = ["app", "paid_update"]

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """Trains on the node's faces, or waits for browsers, and answers with the update; else with the reason."""
    try:
        config = dict(message.content.config_records["config"])
        weights = {name: array.numpy() for name, array in message.content.array_records["arrays"].items()}
        node = _node_of(context, weights, config)
        if QUESTION in config:
            return _masked(node, message, context)
        if node.secure:
            raise InputError("the server asks for an update without a mask, and this node sends none such")
        delta, examples = node.update()
    except EmoarError as exc:
        print(f"emoar: {exc}", flush=True)
        return Message(RecordDict({"config": ConfigRecord({ERROR: str(exc)})}), reply_to=message)
    arrays = ArrayRecord({name: Array(np.asarray(value)) for name, value in delta.items()})
    metrics = MetricRecord({EXAMPLES: examples})
    return Message(RecordDict({"arrays": arrays, "metrics": metrics}), reply_to=message)


@dataclass(frozen=True)
class _Node:
    fingerprint: str  # sha256 of the model that it has
    secure: bool  # whether it sends masked updates alone
    update: Callable[[], tuple[Arrays, int]]  # of its faces, or of browsers
    identity: Callable[[], Identity | None] = lambda: None


def _node_of(context: Context, weights: Arrays, config: dict[str, Any]) -> _Node:
    if "browsers" in context.node_config:
        browsers = BrowserSettings.read(Path(str(context.node_config["browsers"])))
        return _Node(browsers.fingerprint, False, partial(browsers_update, browsers, weights, config, context.run_id))
    settings = NodeSettings.read(Path(str(context.node_config["settings"])))
    update = partial(paid_update, settings, weights, config, context.run_id)
    return _Node(settings.fingerprint, settings.secure, update, settings.identity)


def _masked(node: _Node, message: Message, context: Context) -> Message:
    """A stage of secure aggregation."""
    config = dict(message.content.config_records["config"])
    plan = _plan(node.fingerprint, config)

    def update() -> Vector:
        delta, examples = node.update()
        return encoded_update(delta, examples, plan, np.random.default_rng())

    name, question = str(message.metadata.dst_node_id), bytes(config[QUESTION])  # type: ignore[arg-type]
    answer = answer_stage(name, plan, question, context.state, update, node.identity())
    return Message(RecordDict({"config": ConfigRecord({ANSWER: answer})}), reply_to=message)


def paid_update(settings: NodeSettings, weights: Arrays, config: dict[str, Any], run: int) -> tuple[Arrays, int]:
    """The update and the number of faces; what it costs is in the ledger when this returns.

    Raises:
        InputError: the run starts from another model, the plan cannot be used, or the budget is spent.
        OutputError: the ledger cannot be written.
    """
    plan = _plan(settings.fingerprint, config)
    client = settings.client(plan)
    release, ledger = client.release(plan.local), settings.open_ledger()
    if release is not None:
        ledger.check(release)
    delta = local_update(client, weights, plan.local, np.random.default_rng())
    if release is not None:
        ledger.spend(release, f"run {run}, round {config['round']}")
    return delta, client.examples


def _plan(fingerprint: str, config: Mapping[str, Any]) -> Plan:
    if config.get("model") != fingerprint:
        raise InputError(
            "the run starts from another model than this node has: fetch the model of the federation again"
        )
    return plan_from_json(str(config["plan"]))
