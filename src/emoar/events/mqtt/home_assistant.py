"""Home Assistant's discovery: one retained message describes the device, and its sensors appear there.

It has nothing about a person. An empty retained message on its topic removes the device.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from emoar import __version__
from emoar.events.mqtt.summary import HEARTBEAT_S, NOBODY
from emoar.labels import FERPLUS, UNSURE

__all__ = ["BIRTH", "DEFAULT_LABELS", "birth_topic", "discovery", "discovery_topic"]

BIRTH: Final = "online"  # of Home Assistant, at its start
DEFAULT_LABELS: Final = FERPLUS


def birth_topic(prefix: str) -> str:
    """Where Home Assistant publishes that it is there."""
    return f"{prefix}/status"


def discovery_topic(prefix: str, device: str) -> str:
    """Where the description of a device is expected."""
    return f"{prefix}/device/emoar_{device}/config"


def discovery(root: str, device: str, labels: Sequence[str], rate: float | None, model: str = "") -> dict[str, Any]:
    """The description of a device with three sensors: expression, number of faces, presence.

    Args:
        root: of the topics of the device, such as `emoar/hall`.
        device: its name.
        labels: of the expressions that it may show.
        rate: scenes a second that the source gives; None: every frame. Without scenes there is no heartbeat, and a
            state does not expire.
        model: name of the expression model; empty: unknown.
    """
    own = f"emoar_{device}"
    expires = {} if rate == 0 else {"expire_after": max(2 * round(HEARTBEAT_S), math.ceil(3 / (rate or 1)))}
    expression = {
        "p": "sensor",
        "unique_id": f"{own}_expression",
        "name": "Expression",
        "device_class": "enum",
        "options": [*labels, UNSURE, NOBODY],
        "value_template": "{{ value_json.expression }}",
        "json_attributes_topic": f"{root}/state",
        **expires,
    }
    faces = {
        "p": "sensor",
        "unique_id": f"{own}_faces",
        "name": "Faces",
        "state_class": "measurement",
        "value_template": "{{ value_json.faces }}",
        **expires,
    }
    presence = {
        "p": "binary_sensor",
        "unique_id": f"{own}_presence",
        "name": "Presence",
        "device_class": "occupancy",
        "payload_on": "True",
        "payload_off": "False",
        "value_template": "{{ value_json.faces > 0 }}",
        **expires,
    }
    return {
        "dev": {"ids": own, "name": f"EmoAR {device}", "mf": "EmoAR", "mdl": model or "camera", "sw": __version__},
        "o": {"name": "emoar", "sw": __version__},
        "availability": [{"topic": f"{root}/status"}],
        "state_topic": f"{root}/state",
        "qos": 1,
        "cmps": {"expression": expression, "faces": faces, "presence": presence},
    }
