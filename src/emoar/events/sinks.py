"""The kinds of connections, and `open_sink`, which opens one by its address."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emoar.errors import InputError, OutputError
from emoar.events.address import SinkAddress, parse_address

if TYPE_CHECKING:
    from emoar.events.outlet import Connection, Outlet

__all__ = ["SINKS", "SinkSpec", "check_address", "open_sink"]


@dataclass(frozen=True)
class SinkSpec:
    """A kind of connection. Another one is one entry and one module."""

    schemes: tuple[str, ...]
    help: str  # for --help
    implementation: str  # module:class; the class is called with the address and the secrets
    has_users: bool = False  # whether the address may have a user name
    variables: tuple[str, ...] = ()  # of the environment: password or key, user name
    reports: bool = False  # whether the class also takes `report`, for what the other side answers
    describes_model: bool = False  # whether the class also takes `model`, to describe the values
    uses_measures: bool = False  # whether it sends movements of the face, if faces are measured


SINKS: Final[tuple[SinkSpec, ...]] = (
    SinkSpec(
        ("jsonl",), "JSON lines to a file, or to stdout: jsonl:events.jsonl, jsonl:-", "emoar.events.jsonl:JsonLines"
    ),
    SinkSpec(
        ("http", "https"),
        "webhook, signed and repeated: https://host/path",
        "emoar.events.webhook.sender:Webhook",
        variables=("EMOAR_WEBHOOK_SECRET",),
    ),
    SinkSpec(
        ("ws", "wss"),
        "WebSocket of a server: ws://127.0.0.1:8000/v1/events",
        "emoar.events.websocket:WebSocketSender",
        variables=("EMOAR_API_KEY",),
    ),
    SinkSpec(("osc",), "Open Sound Control: osc://host:port", "emoar.events.osc.sender:OscSender", uses_measures=True),
    SinkSpec(
        ("vmc",),
        "avatars, by the VMC protocol: vmc://127.0.0.1:39539",
        "emoar.events.osc.vmc:VmcSender",
        uses_measures=True,
    ),
    SinkSpec(
        ("lsl",), "Lab Streaming Layer: lsl:, lsl:name", "emoar.events.lsl.streams:LslStreams", describes_model=True
    ),
    SinkSpec(
        ("ros",),
        "ROS4HRI over rosbridge: ros://robot:9090",
        "emoar.events.ros.rosbridge:Rosbridge",
        reports=True,
        uses_measures=True,
    ),
    SinkSpec(
        ("mqtt", "mqtts"),
        "MQTT and Home Assistant: mqtt://broker?device=hall",
        "emoar.events.mqtt.broker:Mqtt",
        has_users=True,
        variables=("EMOAR_MQTT_PASSWORD", "EMOAR_MQTT_USERNAME"),
        describes_model=True,
    ),
)


def open_sink(
    url: str,
    *,
    report: Callable[[str], None] | None = None,
    secrets: Mapping[str, str] | None = None,
    model: str | Path | None = None,
) -> Outlet:
    """Opens a connection; `send` of the result takes every scene, and never waits.

    Args:
        url: such as `osc://127.0.0.1:9000`. `?rate=10` sends ten scenes a second, `?rate=0` events alone.
        report: is called with a line when the connection is lost or is there again; None: stderr.
        secrets: keys and passwords by the names of environment variables; None: the environment.
        model: the expression model of the scenes, by name or path, for receivers that are told; None: unknown.

    Raises:
        InputError: the address is wrong, or has an unknown scheme or option.
        OutputError: nobody answers at the address, or it refuses.
        DependencyMissing: the kind of connection needs a library that is not installed.
        ModelError: there is no such model, or the file is none.
    """
    address, spec = check_address(url)
    from emoar.events.outlet import Outlet
    from emoar.events.reasons import reason_of

    tell = report or _print
    extra = ({"report": tell} if spec.reports else {}) | ({"model": model} if spec.describes_model else {})
    connection = _make(spec, address, os.environ if secrets is None else secrets, extra)
    try:
        return Outlet(address.shown, connection, tell, rate=address.rate)
    except OSError as exc:
        raise OutputError(f"cannot connect to {address.shown}: {reason_of(exc)}") from exc


def check_address(url: str) -> tuple[SinkAddress, SinkSpec]:
    """The parts of an address and its kind of connection, which is not opened.

    Raises:
        InputError: the address is wrong, or has an unknown scheme.
    """
    address = parse_address(url)
    spec = next((spec for spec in SINKS if address.scheme in spec.schemes), None)
    if spec is None:
        known = ", ".join(scheme for spec in SINKS for scheme in spec.schemes)
        raise InputError(f"{address.scheme}: is no way out of EmoAR: it has {known}")
    if address.user and not spec.has_users:
        raise InputError(f"{address.scheme}: has no user names: write {address.shown}")
    return address, spec


def _make(spec: SinkSpec, address: SinkAddress, secrets: Mapping[str, str], extra: Mapping[str, Any]) -> Connection:
    module, name = spec.implementation.split(":")
    implementation: Any = getattr(import_module(module), name)
    return implementation(address, secrets, **extra)


def _print(line: str) -> None:
    print(f"emoar: {line}", file=sys.stderr)
