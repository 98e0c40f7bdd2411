"""The channels of a face slot: their names, units and types, and the values of a face in the same order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from emoar.types import Face

__all__ = ["Channel", "LabelSets", "channels_for", "values_of"]

LabelSets = Mapping[str, Sequence[str]]
"""Label set -> its labels, in order."""

RAW: Final = "raw_"


@dataclass(frozen=True)
class Channel:
    """One channel, as the conventions of XDF describe it: https://github.com/sccn/xdf/wiki/Meta-Data"""

    label: str
    unit: str
    type: str


_FACE: Final = (
    Channel("confidence", "probability", "Confidence"),
    Channel("usable", "boolean", "Validity"),
    Channel("yaw", "degrees", "OrientationH"),
    Channel("pitch", "degrees", "OrientationP"),
    Channel("roll", "degrees", "OrientationR"),
    Channel("tx", "centimeters", "PositionX"),
    Channel("ty", "centimeters", "PositionY"),
    Channel("tz", "centimeters", "PositionZ"),
    Channel("delay", "seconds", "Delay"),
)


def channels_for(label_sets: LabelSets) -> tuple[Channel, ...]:
    """All channels: the track, each probability smoothed and raw, confidence, validity, head and delay."""
    names = [f"{name}_{label}" for name, labels in label_sets.items() for label in labels]
    probabilities = (Channel(prefix + name, "probability", "Expression") for prefix in ("", RAW) for name in names)
    return (Channel("track_id", "none", "ObjectId"), *probabilities, *_FACE)


def values_of(face: Face, label_sets: LabelSets, delay_s: float) -> list[float]:
    """A value for each channel; NaN for a probability that the face does not have.

    Raw probabilities are those of the frame alone; without them the face was not classified in it.

    Args:
        face: in one frame.
        label_sets: those of the channels.
        delay_s: from capture to sending; NaN when the source is not live.
    """
    expression = face.expression
    return [
        float(face.track_id),
        *_probabilities(expression.by_label_set, label_sets),
        *_probabilities(expression.raw_by_label_set or {}, label_sets),
        float(expression.confidence),
        float(face.quality.usable),
        *face.yaw_pitch_roll_deg,
        *(float(value) for value in face.pose[:3, 3]),
        delay_s,
    ]


def _probabilities(values: Mapping[str, Mapping[str, float]], label_sets: LabelSets) -> list[float]:
    return [values.get(name, {}).get(label, math.nan) for name, labels in label_sets.items() for label in labels]
