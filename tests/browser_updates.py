"""A round for browsers and updates as a browser sends them, with small heads."""

from __future__ import annotations

import json
import secrets
from typing import Any

import numpy as np

from emoar.federated.gateway.browser_round import BrowserRound, FeatureModel
from emoar.labels import FER2013

__all__ = ["FEATURES", "MODEL", "browser_round", "browser_update"]

FEATURES = 16
MODEL = FeatureModel("emoar-s", "ab" * 32)


def browser_round(name: str = "1:1:cafe", **changes: Any) -> BrowserRound:
    """Of three updates, unless changed."""
    rng = np.random.default_rng(1)
    fields: dict[str, Any] = {
        "model": MODEL,
        "label_set": "fer2013",
        "labels": FER2013,
        "weights": rng.normal(0, 0.1, (7, FEATURES)).astype(np.float32),
        "bias": np.zeros(7, np.float32),
        "clip_norm": 0.5,
        "noise": 0.1,
        "lr": 0.1,
        "epochs": 1,
        "at_least": 3,
    }
    return BrowserRound(round=name, **(fields | changes))


def browser_update(value: float = 0.01, **changes: Any) -> bytes:
    """The body of an update of that round, each of its numbers of the same value."""
    document = {
        "schema": "emoar.federated-update/1",
        "round": "1:1:cafe",
        "id": secrets.token_hex(16),
        "model": MODEL.sha256,
        "weights": [[value] * FEATURES] * 7,
        "bias": [value] * 7,
    }
    return json.dumps(document | changes).encode()
