"""Channels and the values of a face."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from emoar.events.lsl.channels import channels_for, values_of
from emoar.labels import DEFAULT_HEADS, FER2013, FERPLUS
from emoar.types import Face

from ..test_detector import face


def by_label(of: Face, delay_s: float = 0.02) -> dict[str, float]:
    values = values_of(of, DEFAULT_HEADS, delay_s)
    return dict(zip([channel.label for channel in channels_for(DEFAULT_HEADS)], values, strict=True))


def test_the_channels_of_the_shipped_models() -> None:
    channels = channels_for(DEFAULT_HEADS)
    probabilities = [*(f"ferplus_{label}" for label in FERPLUS), *(f"fer2013_{label}" for label in FER2013)]
    assert [channel.label for channel in channels] == [
        "track_id",
        *probabilities,
        *(f"raw_{name}" for name in probabilities),
        *("confidence", "usable", "yaw", "pitch", "roll", "tx", "ty", "tz", "delay"),
    ]
    assert {channel.unit for channel in channels if channel.type == "Expression"} == {"probability"}
    assert [channel.unit for channel in channels[-7:-1]] == ["degrees"] * 3 + ["centimeters"] * 3


def test_a_face_has_a_value_for_each() -> None:
    values = by_label(face(7))
    expression = face().expression
    assert (values["track_id"], values["usable"], values["delay"]) == (7, 1, 0.02)
    assert values["ferplus_happiness"] == expression.ferplus["happiness"]
    assert values["fer2013_happy"] == expression.fer2013["happy"]
    assert [values[name] for name in ("tx", "ty", "tz")] == [1, 2, -50]
    assert (values["yaw"], values["pitch"], values["roll"]) == pytest.approx(face().yaw_pitch_roll_deg)


def test_raw_probabilities_are_those_of_the_frame_and_nan_without_them() -> None:
    raw = {"ferplus": {**dict.fromkeys(FERPLUS, 0.0), "surprise": 1.0}}
    values = by_label(replace(face(), expression=replace(face().expression, raw_by_label_set=raw)))
    assert (values["raw_ferplus_surprise"], values["raw_ferplus_happiness"]) == (1.0, 0.0)
    assert math.isnan(by_label(face())["raw_ferplus_surprise"])


def test_a_face_that_cannot_be_classified_is_marked() -> None:
    assert by_label(face(1, "happiness", 0.0, "too blurred"))["usable"] == 0
