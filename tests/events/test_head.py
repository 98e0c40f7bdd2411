"""Nods and shakes in made series of head angles."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from makers import make_face
from numpy.typing import NDArray
from turned_portrait import turned_portrait

from emoar.events.detector import EventDetector
from emoar.events.head import HeadGestures
from emoar.events.values import HeadNodded, HeadShaken
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Face, Frame, Scene

FACE = make_face()
Angle = Callable[[float], float]
STILL: Angle = lambda time_s: 0.0  # noqa: E731


def turned(yaw_deg: float, pitch_deg: float) -> Face:
    yaw, pitch = math.radians(yaw_deg), math.radians(pitch_deg)
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]])
    pose = np.eye(4, dtype=np.float32)
    pose[:3, :3] = about_x @ about_y
    return replace(FACE, pose=pose)


def swinging(half_swing_deg: float, hertz: float, begins_s: float = 1.0, ends_s: float = math.inf) -> Angle:
    def angle(time_s: float) -> float:
        since_s = min(time_s, ends_s) - begins_s
        return half_swing_deg * math.sin(math.tau * hertz * since_s) if since_s > 0 else 0.0

    return angle


def gestures(yaw: Angle, pitch: Angle, rate: float = 30, until_s: float = 4.0) -> list[HeadNodded | HeadShaken]:
    heads = HeadGestures()
    times = (index / rate for index in range(int(until_s * rate)))
    return [event for t in times for event in heads.update(turned(yaw(t), pitch(t)), t)]


@pytest.mark.parametrize("rate", [15, 24, 30, 60, 120])
@pytest.mark.parametrize("hertz", [1.0, 2.0, 3.0])
def test_a_nod_at_any_frame_rate(rate: float, hertz: float) -> None:
    (event,) = gestures(STILL, swinging(8, hertz), rate)
    assert isinstance(event, HeadNodded)
    assert 0.75 / hertz < event.time_s - 1.0 < 1 / hertz + 2 / rate  # when the third swing has begun
    assert 1.0 < event.since_s < event.time_s
    assert event.swing_deg == pytest.approx(16, rel=0.2)


@pytest.mark.parametrize("rate", [15, 30, 60])
def test_a_shake_at_any_frame_rate(rate: float) -> None:
    (event,) = gestures(swinging(15, 2), STILL, rate)
    assert isinstance(event, HeadShaken)
    assert event.swing_deg == pytest.approx(30, rel=0.2)


@pytest.mark.parametrize(
    ("yaw", "pitch"),
    [
        (STILL, STILL),
        (STILL, swinging(1.5, 2)),  # the noise of the pose
        (STILL, swinging(8, 0.4)),  # moves up and down slowly
        (STILL, swinging(10, 2, ends_s=1.25)),  # up and down again, once
        (swinging(25, 0.5), STILL),  # turns to one side and to the other, slowly
        (swinging(10, 2), swinging(10, 2)),  # along a slanted line: neither
        (STILL, lambda t: 7.0 if round(t * 30) % 2 else 0.0),  # jitter from frame to frame
    ],
)
def test_what_is_none(yaw: Angle, pitch: Angle) -> None:
    assert gestures(yaw, pitch) == []


def test_a_gesture_that_goes_on_is_one_and_another_after_a_pause_is_a_second() -> None:
    first, again = swinging(8, 2, 1.0, 3.0), swinging(8, 2, 5.0)
    found = gestures(STILL, lambda t: first(t) if t < 5 else again(t), until_s=8)
    assert [type(event) for event in found] == [HeadNodded, HeadNodded]
    assert found[0].time_s < 3 < 5 < found[1].since_s


def test_a_turned_head_nods_too() -> None:
    assert [type(event) for event in gestures(lambda t: 20.0, swinging(8, 2))] == [HeadNodded]


def test_nothing_is_known_across_a_gap() -> None:
    heads, nod = HeadGestures(), swinging(8, 1)
    times = [t / 30 for t in range(150) if not 1.35 < t / 30 < 1.75]  # the second swing is missing
    events = [event for t in times for event in heads.update(turned(0, nod(t)), t)]
    assert [event.since_s > 1.75 for event in events] == [True]


def test_the_events_of_scenes_have_them_by_track() -> None:
    detector, nod, shake = EventDetector(), swinging(8, 2), swinging(15, 2)
    found: list[object] = []
    for index in range(90):
        t = index / 30
        faces = (turned(0, nod(t)), replace(turned(shake(t), 0), track_id=2))
        found += detector.update(Scene(Frame(np.zeros((4, 4, 3), np.uint8), t, source="a.mp4"), faces))
    moved = [event for event in found if isinstance(event, HeadNodded | HeadShaken)]
    assert [(type(event), event.track_id, event.source) for event in sorted(moved, key=lambda e: e.track_id)] == [
        (HeadNodded, 1, "a.mp4"),
        (HeadShaken, 2, "a.mp4"),
    ]


@pytest.mark.parametrize(
    ("yaw_deg", "pitch_deg", "expected"), [(0, 9, [HeadNodded]), (16, 0, [HeadShaken]), (0, 0, []), (1, 1, [])]
)
def test_a_portrait_that_moves_through_the_whole_pipeline(
    astronaut: NDArray[np.uint8], yaw_deg: float, pitch_deg: float, expected: list[type]
) -> None:
    with Pipeline(PipelineOptions(mode="photo")) as pipeline:
        (face,) = pipeline(astronaut).faces
    detector, swing = EventDetector(), swinging(1, 1.8, begins_s=0.5)
    with Pipeline(PipelineOptions(max_faces=1)) as pipeline:
        scenes = [
            pipeline(Frame(turned_portrait(astronaut, face, yaw_deg * swing(t), pitch_deg * swing(t)), time_s=t))
            for t in (index / 20 for index in range(40))
        ]
    events = [event for scene in scenes for event in detector.update(scene)]
    assert [type(event) for event in events if isinstance(event, HeadNodded | HeadShaken)] == expected
