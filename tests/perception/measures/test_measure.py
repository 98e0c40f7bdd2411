"""Measures of one track, frame by frame."""

from __future__ import annotations

from dataclasses import replace

import pytest
from makers import make_face
from measured_faces import STORED, face_of

from emoar.errors import InputError
from emoar.labels import MEASURES
from emoar.perception.measures import MeasureNetwork, Measurer, MeasureState
from emoar.perception.measures.measure import MeasureOptions
from emoar.types import Expression, Quality

LANDMARKS, _ = face_of(STORED[1])  # nearly neutral
USABLE = Quality(80, 0.5, 10.0)
HAPPY = make_face().expression
NEUTRAL = replace(HAPPY, label="neutral", confidence=0.95)


def run(expression: Expression, seconds: float = 5.0, options: MeasureOptions | None = None) -> MeasureState:
    measurer, state = Measurer(options), None
    for index in range(round(seconds * 30) + 1):
        state = measurer.measure(state, index / 30, LANDMARKS, USABLE, expression)
    assert state is not None
    return state


def test_a_face_has_all_measures() -> None:
    measures = run(HAPPY, 0).measures
    assert measures is not None
    assert tuple(measures) == MEASURES
    assert all(0 <= value <= 1 for value in measures.values())


@pytest.mark.parametrize(
    "quality", [replace(USABLE, reasons=("too small",)), replace(USABLE, yaw_deg=31), replace(USABLE, yaw_deg=-31)]
)
def test_a_face_that_cannot_be_measured_has_none_and_its_rest_is_kept(quality: Quality) -> None:
    before = run(NEUTRAL)
    state = Measurer().measure(before, 6.0, LANDMARKS, quality, NEUTRAL)
    assert state.measures is None
    assert state.rest is before.rest


def test_a_neutral_face_becomes_the_persons_own_rest() -> None:
    first, later = run(NEUTRAL, 0).measures, run(NEUTRAL, 10).measures
    assert first is not None
    assert later is not None
    assert sum(later.values()) < 0.3 * sum(first.values())


@pytest.mark.parametrize(
    "expression", [HAPPY, replace(NEUTRAL, confidence=0.6), replace(NEUTRAL, label="unsure", confidence=0.9)]
)
def test_other_faces_do_not(expression: Expression) -> None:
    assert run(expression).measures == run(expression, 0).measures


def test_rest_that_the_caller_gives_stays() -> None:
    network = MeasureNetwork.shipped()
    own = dict(zip(network.names, network(LANDMARKS).tolist(), strict=True))
    for state in (run(HAPPY, 0, MeasureOptions(rest_values=own)), run(NEUTRAL, 5, MeasureOptions(rest_values=own))):
        assert state.measures == dict.fromkeys(MEASURES, 0.0)


def test_rest_that_lacks_a_name() -> None:
    with pytest.raises(InputError, match="rest_values must have all measures, browDownLeft is missing"):
        Measurer(MeasureOptions(rest_values={}))
