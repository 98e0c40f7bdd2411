"""The options of an `mqtt:` address, and the login."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from emoar.errors import InputError
from emoar.events.address import SECRET_FILE, SinkAddress

__all__ = ["PASSWORD", "MqttOptions", "mqtt_options"]

PASSWORD: Final = "EMOAR_MQTT_PASSWORD"
_DEVICE: Final = re.compile(r"[A-Za-z0-9_-]+")
_FLAGS: Final = {"": False, "0": False, "1": True}


@dataclass(frozen=True)
class MqttOptions:
    """What is asked of a broker."""

    host: str
    port: int
    tls: bool
    device: str  # part of the topics: letters, digits, _ and -
    retain: bool  # whether the broker keeps `state`, which has the expression of a person
    discovery: str  # topic prefix of Home Assistant's discovery; empty: none
    rate: float | None  # scenes a second that the source gives; None: every frame
    with_scenes: bool  # whether scenes are published, too
    username: str
    password: str
    ca: str  # file with the authority that signed the broker's certificate; empty: the system's
    certificate: str  # file with our own certificate; empty: none
    key: str  # file with its key


def mqtt_options(address: SinkAddress, secrets: Mapping[str, str]) -> MqttOptions:
    """The options of an address, with the password of the environment or a file.

    Raises:
        InputError: an option is unknown or wrong, or the file of the password cannot be read.
    """
    tls = address.scheme == "mqtts"
    files = ("ca", "certificate", "key") if tls else ()
    address.check_options("device", "retain", "discovery", SECRET_FILE, *files)
    if address.path.strip("/"):
        raise InputError(f"{address.scheme}: has no path: name the device with ?device=hall")
    device, retain = address.option("device", "camera"), address.option("retain", "")
    if not _DEVICE.fullmatch(device):
        raise InputError(f"{address.scheme}: device must be letters, digits, _ and -, got {device!r}")
    if retain not in _FLAGS:
        raise InputError(f"{address.scheme}: retain must be 0 or 1, got {retain!r}")
    discovery = address.option("discovery", "homeassistant")
    if re.search(r"[+#\0]", discovery):
        raise InputError(f"{address.scheme}: discovery must be a topic without + and #, or off, got {discovery!r}")
    password = address.secret(secrets, PASSWORD)
    if password and not address.user:
        raise InputError(f"{address.scheme}: has a password and no user: write {address.scheme}://name@{address.place}")
    return MqttOptions(
        host=address.host,
        port=address.port or (8883 if tls else 1883),
        tls=tls,
        device=device,
        retain=_FLAGS[retain],
        discovery="" if discovery == "off" else discovery.strip("/"),
        rate=address.rate,
        with_scenes=bool(address.rate),
        username=address.user,
        password=password,
        ca=address.option("ca", ""),
        certificate=address.option("certificate", ""),
        key=address.option("key", ""),
    )
