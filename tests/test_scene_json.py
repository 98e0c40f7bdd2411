"""Scenes as JSON and back."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from makers import make_face, make_scene

from emoar.errors import InputError
from emoar.face_landmarks import FIVE_LANDMARKS
from emoar.labels import FER2013, FERPLUS
from emoar.scene_json import rounded, rounded_array
from emoar.types import LANDMARK_COUNT, Quality, Scene


@pytest.mark.parametrize("face_count", [0, 1, 3])
def test_round_trip(face_count: int) -> None:
    scene = make_scene(face_count, time_s=1.25, index=7)
    document = json.loads(json.dumps(scene.to_dict(landmarks=True), allow_nan=False))
    back = Scene.from_dict(document)
    assert (back.frame.time_s, back.frame.index, back.frame.source) == (1.25, 7, "made.mp4")
    assert (back.frame.width_px, back.frame.height_px) == (120, 100)
    assert len(back.faces) == face_count
    for ours, theirs in zip(scene.faces, back.faces, strict=True):
        assert ours.track_id == theirs.track_id
        assert ours.quality == theirs.quality
        assert ours.expression.label == theirs.expression.label
        assert dict(ours.expression.ferplus) == dict(theirs.expression.ferplus)
        np.testing.assert_allclose(theirs.landmarks_px, ours.landmarks_px, atol=0.006)
        np.testing.assert_allclose(theirs.pose, ours.pose, atol=1e-5)
    assert back.to_dict(landmarks=True) == document


def test_the_document_has_what_it_promises() -> None:
    (face,) = make_scene().to_dict()["faces"]
    assert set(face["five_landmarks_px"]) == set(FIVE_LANDMARKS)
    assert tuple(face["expression"]["ferplus"]) == FERPLUS
    assert tuple(face["expression"]["fer2013"]) == FER2013
    assert np.array(face["pose"]["matrix"]).shape == (4, 4)
    assert (face["pose"]["yaw_deg"], face["pose"]["pitch_deg"], face["pose"]["roll_deg"]) == (0, 0, 0)
    assert face["quality"] == {
        "usable": True,
        "reasons": [],
        "eye_distance_px": 40.0,
        "sharpness": 120.0,
        "yaw_deg": 0.0,
    }
    assert "landmarks_px" not in face
    (with_landmarks,) = make_scene().to_dict(landmarks=True)["faces"]
    assert np.array(with_landmarks["landmarks_px"]).shape == (LANDMARK_COUNT, 3)


def test_the_five_landmarks_lie_where_a_face_has_them() -> None:
    points = make_face(centre_px=(50, 50)).five_landmarks_px
    assert points["right_eye"][0] < points["nose_tip"][0] < points["left_eye"][0]  # the person's right is our left
    assert points["mouth_right"][0] < points["nose_tip"][0] < points["mouth_left"][0]
    assert points["right_eye"][1] < points["nose_tip"][1] < points["mouth_left"][1]
    assert points["right_eye"][1] == pytest.approx(points["left_eye"][1])


def test_what_is_not_finite_becomes_null_and_comes_back_as_nan() -> None:
    face = replace(make_face(), quality=Quality(math.nan, math.inf, 0.0, ("too small",)), presence=math.nan)
    scene = Scene(make_scene(0).frame, (face,))
    document = scene.to_dict(landmarks=True)
    assert document["faces"][0]["quality"]["sharpness"] is None
    assert document["faces"][0]["quality"]["usable"] is False
    json.dumps(document, allow_nan=False)
    assert math.isnan(Scene.from_dict(document).faces[0].quality.sharpness)


def test_a_picture_can_be_given_back() -> None:
    scene = make_scene()
    back = Scene.from_dict(scene.to_dict(landmarks=True), scene.frame.image)
    np.testing.assert_array_equal(back.frame.image, scene.frame.image)


def test_without_landmarks_it_cannot_be_read_back() -> None:
    with pytest.raises(InputError, match="landmarks=True"):
        Scene.from_dict(make_scene().to_dict())


@pytest.mark.parametrize("schema", [None, "emoar.scene/2"])
def test_another_schema(schema: str | None) -> None:
    with pytest.raises(InputError, match="schema must be"):
        Scene.from_dict({**make_scene().to_dict(), "schema": schema})


def test_raw_probabilities_are_there_where_the_face_was_classified() -> None:
    scene = make_scene()
    assert "raw_probabilities" not in scene.to_dict()["faces"][0]
    raw = {name: dict.fromkeys(by, 1 / len(by)) for name, by in scene.faces[0].expression.by_label_set.items()}
    face = replace(scene.faces[0], expression=replace(scene.faces[0].expression, raw_by_label_set=raw))
    document = json.loads(json.dumps(replace(scene, faces=(face,)).to_dict(landmarks=True)))
    assert document["faces"][0]["raw_probabilities"]["ferplus"] == dict.fromkeys(FERPLUS, 0.125)
    back = Scene.from_dict(document)
    assert back.faces[0].expression.raw_probabilities == dict.fromkeys(FERPLUS, 0.125)
    assert set(back.faces[0].expression.by_label_set) == {"ferplus", "fer2013"}
    assert back.to_dict(landmarks=True) == document


@pytest.mark.parametrize("digits", [2, 5])
def test_arrays_are_rounded_as_single_numbers_are(digits: int) -> None:
    random = np.random.default_rng(0).normal(size=5000) * 1000
    ties = np.concatenate([np.arange(-500, 500) / 8, np.arange(-500, 500) / 200])
    values = np.concatenate([random, ties]).astype(np.float32).reshape(-1, 4)
    assert rounded_array(values, digits) == [[rounded(x, digits) for x in row] for row in values.tolist()]
    assert rounded_array(np.array([[1.005, np.nan], [2, np.inf]], np.float32), 2) == [[1.0, None], [2.0, None]]
