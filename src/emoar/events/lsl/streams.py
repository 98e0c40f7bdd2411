"""Lab Streaming Layer: a stream for each face slot, and one of markers, which LabRecorder and others record.

`lsl:` takes the name of this machine, `lsl:hall` another one, which is part of the source ids: a recorder finds the
streams again by them after a break. `?faces=4` are the slots, each of them a stream:

    name EmoAR   type FacialExpression   float32, no fixed rate   source id emoar-hall-slot1

Every scene is a sample in each of them, stamped with the time of its capture; NaN where the slot is free. The markers:

    name EmoAR   type Markers            string, no fixed rate    source id emoar-hall-markers
"""

from __future__ import annotations

import math
import platform
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from emoar import __version__
from emoar.errors import InputError, OutputError
from emoar.events.address import SinkAddress
from emoar.events.lsl.channels import LabelSets, channels_for, values_of
from emoar.events.lsl.clock import CaptureClock
from emoar.events.lsl.face_markers import FaceMarkers
from emoar.events.lsl.library import load_pylsl
from emoar.events.lsl.model import describe_model
from emoar.events.slots import Slots
from emoar.events.values import Event
from emoar.labels import DEFAULT_HEADS
from emoar.types import Scene

__all__ = ["SOURCE_ID", "LslStreams"]

SOURCE_ID: Final = "emoar-"  # what the source ids begin with
MOST_FACES: Final = 20
LONGEST_S: Final = 10.0  # of a camera's own delay
BUFFERED: Final = 60  # hundreds of samples that a receiver may lag behind: over three minutes at 30 frames/s
_FLUSH_S: Final = 0.2  # liblsl sends in threads, and does not tell when it has sent


class LslStreams:
    """Streams on the local network. Nobody needs to listen.

    Args:
        address: `lsl:` with an optional name of this device. Options: `faces`, the number of streams; `offset`, the
            camera's own delay in seconds, for the description of the streams.
        secrets: none.
        model: whose probabilities are sent, a name or a .tflite file; None: unknown.

    Raises:
        InputError: the name or an option is wrong.
        DependencyMissing: pylsl is not installed, or has no library for this machine.
        ModelMissing: there is no such model.
        ModelMismatch: the file is no model.
    """

    def __init__(self, address: SinkAddress, secrets: Mapping[str, str], model: str | Path | None = None) -> None:
        address.check_options("faces", "offset")
        self._device = address.path or re.sub(r"[^\w.-]", "-", platform.node()) or "host"
        if address.host or not re.fullmatch(r"[\w.-]+", self._device):
            raise InputError(
                f"lsl: takes a name of letters, digits, . - and _, such as lsl:hall, got {address.shown!r}"
            )
        self._count = int(_number(address, "faces", "4", 1, MOST_FACES))
        self._offset_s = _number(address, "offset", "0", 0, LONGEST_S)
        self._pylsl = load_pylsl()
        self._model = describe_model(model) if model is not None else None
        self._label_sets: LabelSets = self._model.label_sets if self._model else DEFAULT_HEADS
        self._slots, self._texts = Slots(), FaceMarkers()
        self._clock = CaptureClock(self._pylsl.local_clock)
        self._faces: list[Any] = []  # an outlet for each slot
        self._markers: Any = None
        self._stamp: float | None = None  # of the latest sample or marker

    def open(self) -> None:
        """Announces the streams.

        Raises:
            OutputError: liblsl refuses.
        """
        try:
            self._markers = self._outlet(self._info("Markers", 1, "string", "markers"))
            self._open_slots()
        except RuntimeError as exc:
            raise OutputError(f"LSL cannot announce its streams: {exc}") from exc

    def send(self, events: list[Event], scene: Scene | None) -> None:
        """Sends the markers of events, and a sample of each slot.

        Raises:
            OutputError: liblsl refuses.
        """
        try:
            for event in events:
                self._begin(self._clock.stamp(event.source, event.time_s, _captured(event.time_s, scene)))
                self._mark(*self._texts.texts(event))
            if scene is not None:
                self._send_scene(scene)
        except RuntimeError as exc:
            raise OutputError(f"LSL cannot send: {exc}") from exc

    def close(self) -> None:
        """Marks the end, and takes the streams off the network."""
        if self._markers is not None:
            if self._stamp is not None:
                self._mark("session end")
            if any(outlet.have_consumers() for outlet in (self._markers, *self._faces)):
                time.sleep(_FLUSH_S)
        self._markers, self._faces, self._stamp = None, [], None

    def _send_scene(self, scene: Scene) -> None:
        frame = scene.frame
        self._fit(scene)
        stamp = self._clock.stamp(frame.source, frame.time_s, frame.captured_at_s)
        self._begin(stamp)
        delay_s = math.nan if frame.captured_at_s is None else self._clock.age_s(stamp)
        self._slots.update([face.track_id for face in scene.faces], frame.source)
        by_slot = {self._slots.of(face.track_id): face for face in scene.faces}
        nobody = [math.nan] * len(channels_for(self._label_sets))
        for slot, outlet in enumerate(self._faces, start=1):
            if slot in by_slot:
                outlet.push_sample(values_of(by_slot[slot], self._label_sets, delay_s), stamp)
            elif not self._slots.is_used(slot):
                outlet.push_sample(nobody, stamp)

    def _fit(self, scene: Scene) -> None:
        """Announces the slots anew where the faces have other label sets, as those of a user's own model."""
        if scene.faces:
            sets = {name: tuple(by) for name, by in scene.faces[0].expression.by_label_set.items()}
            if sets != {name: tuple(labels) for name, labels in self._label_sets.items()}:
                self._label_sets = sets
                self._open_slots()

    def _begin(self, stamp: float) -> None:
        """Takes a new time, and marks the first one."""
        begins, self._stamp = self._stamp is None, stamp
        if begins:
            self._mark("session start")

    def _mark(self, *texts: str) -> None:
        for text in texts:
            self._markers.push_sample([text], self._stamp)

    def _open_slots(self) -> None:
        self._faces = []  # those of other channels end first
        self._faces = [self._outlet(self._slot_info(slot)) for slot in range(1, self._count + 1)]

    def _outlet(self, info: Any) -> Any:
        return self._pylsl.StreamOutlet(info, max_buffered=BUFFERED)

    def _slot_info(self, slot: int) -> Any:
        channels = channels_for(self._label_sets)
        info = self._info("FacialExpression", len(channels), "float32", f"slot{slot}")
        described = info.desc().append_child("channels")
        for channel in channels:
            place = described.append_child("channel")
            for name in ("label", "unit", "type"):
                place.append_child_value(name, getattr(channel, name))
        return info

    def _info(self, kind: str, count: int, channel_format: str, name: str) -> Any:
        """The description of a stream, with what all of them have in common."""
        irregular = self._pylsl.IRREGULAR_RATE
        source_id = f"{SOURCE_ID}{self._device}-{name}"
        info = self._pylsl.StreamInfo("EmoAR", kind, count, irregular, channel_format, source_id)
        acquisition = info.desc().append_child("acquisition")
        acquisition.append_child_value("manufacturer", "EmoAR")
        acquisition.append_child_value("version", __version__)
        if self._model:
            acquisition.append_child_value("model", self._model.name)
            for file, sha256 in self._model.sha256.items():
                weights = acquisition.append_child("weights")
                weights.append_child_value("file", file)
                weights.append_child_value("sha256", sha256)
        synchronization = info.desc().append_child("synchronization")
        synchronization.append_child_value("offset_mean", f"{self._offset_s:g}")
        synchronization.append_child_value("can_drop_samples", "true")
        return info


def _captured(time_s: float, scene: Scene | None) -> float | None:
    """When an event of this time was captured, where its scene tells; the end of an older source is later than it."""
    if scene is None or scene.frame.captured_at_s is None or time_s > scene.frame.time_s:
        return None
    return scene.frame.captured_at_s - (scene.frame.time_s - time_s)


def _number(address: SinkAddress, name: str, default: str, lowest: float, highest: float) -> float:
    text = address.option(name, default)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not lowest <= value <= highest:
        raise InputError(f"lsl: {name} must be {lowest:g}..{highest:g}, got {text!r}")
    return value
