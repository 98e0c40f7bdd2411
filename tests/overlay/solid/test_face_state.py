"""What is kept of each face: strength, filtered pose, and where its parts are."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from emoar.overlay.solid.face_state import FaceStates
from emoar.types import Face, Scene

from ..conftest import MakeFace, MakeScene


def sure(face: Face, confidence: float) -> Face:
    return dataclasses.replace(face, expression=dataclasses.replace(face.expression, confidence=confidence))


def test_strength_begins_at_the_confidence_and_follows_it(make_face: MakeFace, make_scene: MakeScene) -> None:
    states = FaceStates()
    strength = [states.update(make_scene(sure(make_face(), 0.4), time_s=0))[0].strength]
    rising = (make_scene(sure(make_face(), 0.99), time_s=i / 30) for i in range(1, 40))
    strength += [states.update(scene)[0].strength for scene in rising]
    assert strength[0] == 0
    assert 0.05 < strength[1] < 0.15
    assert strength[-1] > 0.95
    assert (np.diff(strength) > 0).all()


def test_another_stream_and_a_long_gap_begin_anew(make_face: MakeFace, make_scene: MakeScene) -> None:
    states = FaceStates()
    weak, strong = (sure(make_face(), confidence) for confidence in (0.4, 0.92))
    states.update(make_scene(weak, time_s=1))
    assert states.update(make_scene(strong, time_s=0.5))[0].strength == 1
    states.update(make_scene(time_s=0.9))
    assert states.update(make_scene(weak, time_s=1))[0].strength == 0


def test_far_faces_come_first_and_those_without_a_place_are_left_out(
    make_face: MakeFace, make_scene: MakeScene
) -> None:
    near, far = make_face(height_px=300), make_face((300, 200), height_px=100, track_id=2)
    lost = dataclasses.replace(make_face(track_id=3), landmarks_px=np.full((468, 3), np.nan, np.float32))
    scene: Scene = make_scene(near, far, lost)
    assert [state.face.track_id for state in FaceStates().update(scene)] == [2, 1]


def test_an_attachment_point_follows_its_landmarks(make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face(angles={"yaw_deg": 30, "roll_deg": 10})
    plain = FaceStates().update(make_scene(face))[0].attachment_shift_cm("nose")
    assert plain == pytest.approx([0, 0, 0], abs=0.02)
    moved = face.landmarks_px.copy()
    moved[4, 1] += 10  # the nose is lower
    found = FaceStates().update(make_scene(dataclasses.replace(face, landmarks_px=moved)))[0]
    assert found.attachment_shift_cm("nose")[1] < -0.5
