"""Open Sound Control over UDP, for Max, TouchDesigner, Processing and the like.

Faces have fixed slots, 1 and up, because patches need fixed addresses: a face keeps its slot while it is in view.

    /emoar/faces                       i        how many are in view
    /emoar/face/<slot>/expression      s f      label, confidence; "" and 0 when the slot is free
    /emoar/face/<slot>/p/<label>       f        each probability
    /emoar/face/<slot>/pose            ffffff   yaw, pitch, roll in degrees; x, y, z in centimetres, from the camera
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from emoar.errors import DependencyMissing, InputError
from emoar.events.address import SinkAddress
from emoar.events.slots import Slots
from emoar.events.values import Event
from emoar.labels import UNSURE
from emoar.types import Face, Scene

__all__ = ["OscSender"]

PREFIX: Final = "/emoar"


class OscSender:
    """Sends one bundle a scene, so that its values belong together.

    Raises:
        InputError: the address has no port.
        DependencyMissing: python-osc is not installed.
    """

    def __init__(self, address: SinkAddress, secrets: Mapping[str, str]) -> None:
        address.check_options()
        if address.port is None:
            raise InputError("osc: needs a port: osc://127.0.0.1:9000")
        try:
            from pythonosc import osc_bundle_builder, osc_message_builder
        except ImportError as exc:
            raise DependencyMissing("OSC needs python-osc: pip install 'emoar[osc]'") from exc
        self._bundles: Any = osc_bundle_builder
        self._messages: Any = osc_message_builder
        self._host, self._port = address.host, address.port
        self._socket: socket.socket | None = None
        self._slots = Slots()

    def open(self) -> None:
        """Resolves the host. Nobody needs to listen: UDP has no connection.

        Raises:
            OSError: the host is not known.
        """
        self._disconnect()
        family, kind, _, _, place = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)[0]
        self._socket = socket.socket(family, kind)
        self._socket.connect(place)

    def send(self, events: list[Event], scene: Scene | None) -> None:
        """Sends the values of the scene.

        Raises:
            OSError: the network refuses.
        """
        if scene is None or self._socket is None:
            return
        bundle = self._bundles.OscBundleBuilder(self._bundles.IMMEDIATELY)
        freed = self._slots.update([face.track_id for face in scene.faces], scene.frame.source)
        self._add(bundle, "/faces", len(self._slots))
        for slot in freed:
            self._add(bundle, f"/face/{slot}/expression", "", 0.0)
        for face in scene.faces:
            self._add_face(bundle, self._slots.of(face.track_id), face)
        self._socket.send(bundle.build().dgram)

    def close(self) -> None:
        """Reports every slot as free."""
        if self._socket is None:
            return
        bundle = self._bundles.OscBundleBuilder(self._bundles.IMMEDIATELY)
        self._add(bundle, "/faces", 0)
        for slot in self._slots.clear():
            self._add(bundle, f"/face/{slot}/expression", "", 0.0)
        with suppress(OSError):
            self._socket.send(bundle.build().dgram)
        self._disconnect()

    def _disconnect(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _add_face(self, bundle: Any, slot: int, face: Face) -> None:
        expression = face.expression
        label = expression.label if face.quality.usable else UNSURE
        self._add(bundle, f"/face/{slot}/expression", label, float(expression.confidence))
        for name, probability in expression.probabilities.items():
            self._add(bundle, f"/face/{slot}/p/{name}", float(probability))
        place = [float(value) for value in face.pose[:3, 3]]
        self._add(bundle, f"/face/{slot}/pose", *face.yaw_pitch_roll_deg, *place)

    def _add(self, bundle: Any, address: str, *values: Any) -> None:
        message = self._messages.OscMessageBuilder(PREFIX + address)
        for value in values:
            message.add_arg(value)
        bundle.add_content(message.build())
