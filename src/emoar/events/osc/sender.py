"""Open Sound Control over UDP, for Max, TouchDesigner, Processing and the like.

Faces have fixed slots, 1 and up, because patches need fixed addresses: a face keeps its slot while it is in view.

    /emoar/faces                       i        how many are in view
    /emoar/face/<slot>/expression      s f      label, confidence; "" and 0 when the slot is free
    /emoar/face/<slot>/p/<label>       f        each probability, smoothed
    /emoar/face/<slot>/pose            ffffff   yaw, pitch, roll in degrees; x, y, z in centimetres, from the camera
    /emoar/face/<slot>/blend/<name>    f        each measure of a face that has measures, by its ARKit name

When a slot becomes free, its probabilities and measures are sent once as 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from emoar.errors import InputError
from emoar.events.address import SinkAddress
from emoar.events.osc.bundles import OscBundles
from emoar.events.osc.messages import Message
from emoar.events.slots import Slots
from emoar.events.values import Event
from emoar.labels import UNSURE
from emoar.types import Face, Scene

__all__ = ["OscSender"]

PREFIX: Final = "/emoar"


class OscSender:
    """Sends each scene as OSC bundles.

    Raises:
        InputError: the address has no port.
    """

    def __init__(self, address: SinkAddress, secrets: Mapping[str, str]) -> None:
        address.check_options()
        if address.port is None:
            raise InputError("osc: needs a port: osc://127.0.0.1:9000")
        self._bundles = OscBundles(address.host, address.port)
        self._slots = Slots()
        self._values: dict[int, dict[str, float]] = {}  # by slot: the addresses that a free slot sets to 0

    def open(self) -> None:
        """Resolves the host. Nobody needs to listen: UDP has no connection.

        Raises:
            OSError: the host is not known.
        """
        self._bundles.open()

    def send(self, events: list[Event], scene: Scene | None) -> None:
        """Sends the values of the scene.

        Raises:
            OSError: the network refuses.
        """
        if scene is not None:
            self._bundles.send(self._of_scene(scene))

    def close(self) -> None:
        """Reports every slot as free."""
        if self._bundles.is_open:
            with suppress(OSError):
                self._bundles.send([(f"{PREFIX}/faces", (0,)), *self._free(self._slots.clear())])
        self._bundles.close()

    def _of_scene(self, scene: Scene) -> Iterator[Message]:
        freed = self._slots.update([face.track_id for face in scene.faces], scene.frame.source)
        yield f"{PREFIX}/faces", (len(self._slots),)
        yield from self._free(freed)
        for face in scene.faces:
            slot = self._slots.of(face.track_id)
            values = dict(_values(slot, face))
            self._values.setdefault(slot, {}).update(values)
            yield from _of_face(slot, face)
            yield from ((address, (value,)) for address, value in values.items())

    def _free(self, slots: list[int]) -> Iterator[Message]:
        for slot in slots:
            yield f"{PREFIX}/face/{slot}/expression", ("", 0.0)
            yield from ((address, (0.0,)) for address in self._values.pop(slot, {}))


def _of_face(slot: int, face: Face) -> Iterator[Message]:
    label = face.expression.label if face.quality.usable else UNSURE
    yield f"{PREFIX}/face/{slot}/expression", (label, float(face.expression.confidence))
    place = (float(value) for value in face.pose[:3, 3])
    yield f"{PREFIX}/face/{slot}/pose", (*face.yaw_pitch_roll_deg, *place)


def _values(slot: int, face: Face) -> Iterator[tuple[str, float]]:
    for label, probability in face.expression.probabilities.items():
        yield f"{PREFIX}/face/{slot}/p/{label}", float(probability)
    for name, value in (face.measures or {}).items():
        yield f"{PREFIX}/face/{slot}/blend/{name}", float(value)
