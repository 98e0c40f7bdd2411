"""Series of faces out of scenes, their times, segments and baselines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from makers import make_face

from emoar.analysis.series import NO_LABEL, FaceSeries, on_grid, series_of
from emoar.errors import InputError
from emoar.labels import FERPLUS
from emoar.types import Frame, Quality, Scene

IMAGE = np.zeros((4, 4, 3), np.uint8)


def series(times_s: list[float], values: list[float]) -> FaceSeries:
    happy = np.array(values, np.float64)
    return FaceSeries(
        "face 1",
        ("neutral", "happiness"),
        np.array(times_s, np.float64),
        np.stack([1 - happy, happy], axis=1) if len(values) else np.empty((0, 2)),
        np.where(np.isnan(happy), NO_LABEL, happy > 0.5).astype(np.int64),
    )


def test_each_face_of_a_recording_is_a_series() -> None:
    face = make_face()
    blurred = replace(face, quality=Quality(10, 10, 0, ("too blurred",)))
    scenes = [
        Scene(Frame(IMAGE, 0.0), (face, replace(face, track_id=7))),
        Scene(Frame(IMAGE, 0.1)),
        Scene(Frame(IMAGE, 0.2), (blurred,)),
    ]
    first, second = series_of(scenes)
    assert (first.face, second.face) == (f"face {face.track_id}", "face 7")
    assert first.labels == FERPLUS
    assert first.times_s.tolist() == [0.0, 0.2]
    assert first.usable.tolist() == [True, False]
    assert first.of("happiness")[0] == pytest.approx(face.expression.probabilities["happiness"])
    assert first.label.tolist() == [FERPLUS.index(face.expression.label), NO_LABEL]
    assert series_of([]) == []


def test_an_observation_stands_for_the_time_until_the_next() -> None:
    assert series([0, 0.1, 0.3, 5.0, 5.1], [0] * 5).durations_s == pytest.approx([0.1, 0.2, 0.5, 0.1, 0.15])
    assert series([3], [0]).durations_s.tolist() == [0]
    assert series([], []).durations_s.tolist() == []


def test_a_part_and_its_baseline() -> None:
    whole = series([0, 1, 2, 3], [0.1, 0.3, np.nan, 0.9])
    part = whole.between(1, 3)
    assert part.times_s.tolist() == [1, 2]
    np.testing.assert_allclose(whole.between(0, 2).baseline(), [0.8, 0.2])
    np.testing.assert_allclose(whole.above(np.array([0.8, 0.2])).of("happiness"), [-0.1, 0.1, np.nan, 0.7])
    with pytest.raises(InputError, match="face 1 has no usable observation in the baseline"):
        whole.between(2, 3).baseline()
    with pytest.raises(InputError, match="label must be one of neutral, happiness, got 'joy'"):
        whole.of("joy")


@pytest.mark.parametrize("times_s", [[0.0, 0.0], [1.0, 0.5], [0.0, np.inf], [np.nan, 1.0]])
def test_times_must_rise(times_s: list[float]) -> None:
    with pytest.raises(InputError, match="times_s of face 1 must be finite and rise"):
        series(times_s, [0, 0])


def test_values_on_a_grid() -> None:
    times, values = np.array([10.0, 10.1, 10.2, 10.5]), np.array([1.0, 3.0, np.nan, 5.0])
    np.testing.assert_allclose(on_grid(times, values, 0.2), [2, np.nan, 5])
    np.testing.assert_allclose(on_grid(times, values, 0.1), [1, 3, np.nan, np.nan, np.nan, 5])
    assert len(on_grid(times, np.full(4, np.nan), 0.1)) == 0
    with pytest.raises(InputError, match="step_s must be positive"):
        on_grid(times, values, 0)
