"""The VMC protocol over UDP: moves an avatar in VSeeFace, VMagicMirror, Warudo, Unity or Blender.

One avatar follows one face, that of slot 1, or of `?face=2`. For each scene:

    /VMC/Ext/OK               i          1
    /VMC/Ext/T                f          seconds from the start of the source
    /VMC/Ext/Bone/Pos         s fffffff  "Head", position 0, quaternion xyzw of Unity (left-handed)
    /VMC/Ext/Blend/Val        s f        name and weight 0..1 of each blend shape
    /VMC/Ext/Blend/Apply

`?vrm=1` sends the names of VRM 1. `?blend=expressions` and `?blend=measures` send one kind of blend shapes: an avatar
that has both kinds would smile twice. The protocol: https://protocol.vmc.info/english
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.events.address import SinkAddress
from emoar.events.osc.blend_shapes import NAMES, expression_weights, movement_weights
from emoar.events.osc.bundles import OscBundles
from emoar.events.osc.messages import Message
from emoar.events.slots import Slots
from emoar.events.values import Event
from emoar.types import Face, Scene

__all__ = ["VmcSender", "unity_quaternion"]

PORT: Final = 39539  # of a program that shows an avatar; one that passes motion on listens at 39540
Quaternion = tuple[float, float, float, float]
_AT_REST: Final[Quaternion] = (0.0, 0.0, 0.0, 1.0)
_KINDS: Final = {"all": (True, True), "expressions": (True, False), "measures": (False, True)}
_RELEASE_S: Final = 0.25  # time constant in which a weight fades while the face cannot be classified or measured


class VmcSender:
    """Sends expressions, measures and the rotation of the head to one avatar.

    Raises:
        InputError: an option is wrong.
    """

    def __init__(self, address: SinkAddress, secrets: Mapping[str, str]) -> None:
        address.check_options("face", "vrm", "blend")
        slot, self._vrm, blend = (address.option(*option) for option in (("face", "1"), ("vrm", "0"), ("blend", "all")))
        if not slot.isascii() or not slot.isdecimal() or int(slot) < 1:
            raise InputError(f"vmc: face must be the number of a face, 1 and up, got {slot!r}")
        if self._vrm not in NAMES:
            raise InputError(f"vmc: vrm must be {' or '.join(NAMES)}, the version of the names, got {self._vrm!r}")
        if blend not in _KINDS:
            raise InputError(f"vmc: blend must be one of {', '.join(_KINDS)}, got {blend!r}")
        self._slot, (self._expressions, self._measures) = int(slot), _KINDS[blend]
        self._bundles = OscBundles(address.host or "127.0.0.1", address.port or PORT)
        self._slots = Slots()
        self._shown = False
        self._weights: dict[str, float] = {}  # of the last scene
        self._time_s = 0.0

    def open(self) -> None:
        """Resolves the host. Nobody needs to listen: UDP has no connection.

        Raises:
            OSError: the host is not known.
        """
        self._bundles.open()

    def send(self, events: list[Event], scene: Scene | None) -> None:
        """Sends the values of the face.

        Raises:
            OSError: the network refuses.
        """
        if scene is not None:
            self._bundles.send(self._of_scene(scene))

    def close(self) -> None:
        """Brings the avatar to rest."""
        if self._bundles.is_open:
            with suppress(OSError):
                self._bundles.send(self._at_rest())
        self._bundles.close()

    def _of_scene(self, scene: Scene) -> Iterator[Message]:
        time_s = scene.frame.time_s
        self._slots.update([face.track_id for face in scene.faces], scene.frame.source)
        face = next((face for face in scene.faces if self._slots.of(face.track_id) == self._slot), None)
        if face is None and self._slots.is_used(self._slot):  # by a face of another source
            return
        yield "/VMC/Ext/OK", (1,)
        yield "/VMC/Ext/T", (float(time_s),)
        if face is not None:
            yield _head(unity_quaternion(face.pose[:3, :3]))
            self._weights = self._next_weights(face, time_s - self._time_s)
            self._shown, self._time_s = True, time_s
            yield from _blend(self._weights)
        else:
            yield from self._at_rest()

    def _next_weights(self, face: Face, after_s: float) -> dict[str, float]:
        """The weights of the blend shapes; those fade of which nothing is known in this frame."""
        kept = math.exp(-max(after_s, 0.0) / _RELEASE_S)
        faded = {name: kept * weight for name, weight in self._weights.items()}
        expressions = expression_weights(face, self._vrm) if self._expressions and face.quality.usable else {}
        return faded | expressions | (movement_weights(face, self._vrm) if self._measures else {})

    def _at_rest(self) -> Iterator[Message]:
        """Head and blend shapes at rest, once; nothing when they are."""
        if self._shown:
            yield _head(_AT_REST)
            yield from _blend(dict.fromkeys(self._weights, 0.0))
        self._shown, self._weights = False, {}


def unity_quaternion(rotation: NDArray[np.floating]) -> Quaternion:
    """The (3, 3) rotation of a head as the quaternion xyzw of a humanoid in Unity.

    Unity is left-handed: the person's left is -x there, and +x here; up is +y and forward +z in both.
    """
    r = rotation.astype(float).tolist()
    trace = (r[0][0] - r[1][1] - r[2][2], r[1][1] - r[0][0] - r[2][2], r[2][2] - r[0][0] - r[1][1])
    w = 0.5 * math.sqrt(max(0.0, 1 + r[0][0] + r[1][1] + r[2][2]))
    x, y, z = (0.5 * math.sqrt(max(0.0, 1 + value)) for value in trace)
    x = math.copysign(x, r[2][1] - r[1][2])
    return x, -math.copysign(y, r[0][2] - r[2][0]), -math.copysign(z, r[1][0] - r[0][1]), w


def _head(quaternion: Quaternion) -> Message:
    return "/VMC/Ext/Bone/Pos", ("Head", 0.0, 0.0, 0.0, *quaternion)


def _blend(weights: Mapping[str, float]) -> Iterator[Message]:
    yield from (("/VMC/Ext/Blend/Val", item) for item in weights.items())
    yield "/VMC/Ext/Blend/Apply", ()
