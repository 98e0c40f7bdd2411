"""Values are checked once, at construction, with a message that names what was expected and what came."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from makers import make_face

import emoar
from emoar.errors import InputError
from emoar.labels import VALENCE_METHOD
from emoar.types import Face


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((4, 4, 3), np.float32), "uint8"),
        (np.full((4, 4, 3), np.nan), "float64"),
        (np.zeros((4, 4), np.uint8), r"\(4, 4\)"),
        (np.zeros((4, 4, 4), np.uint8), r"\(4, 4, 4\)"),
        (np.zeros((0, 4, 3), np.uint8), "at least one pixel"),
        ([[1, 2, 3]], "list"),
        (None, "NoneType"),
    ],
)
def test_a_frame_refuses_what_is_no_picture(image: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        emoar.Frame(image)  # type: ignore[arg-type]


def test_a_frame_refuses_a_time_that_is_none() -> None:
    with pytest.raises(InputError, match="time_s"):
        emoar.Frame(np.zeros((2, 2, 3), np.uint8), time_s=math.nan)


def test_the_message_names_expected_and_actual() -> None:
    with pytest.raises(InputError, match=r"box_xyxy_px must be \(4,\) float32, got \(5,\) int64"):
        emoar.Detection(np.arange(5), np.zeros((6, 2), np.float32), 0.5)


def test_values_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_face().track_id = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (lambda c, s: [[c, 0, s], [0, 1, 0], [-s, 0, c]], (20, 0, 0)),  # forward moves to +x: the person's left
        (lambda c, s: [[1, 0, 0], [0, c, s], [0, -s, c]], (0, 20, 0)),  # forward moves up
        (lambda c, s: [[c, s, 0], [-s, c, 0], [0, 0, 1]], (0, 0, 20)),  # the top moves to +x
    ],
)
def test_angles_have_the_documented_signs(turn, expected) -> None:  # type: ignore[no-untyped-def]
    pose = np.eye(4, dtype=np.float32)
    pose[:3, :3] = turn(math.cos(math.radians(20)), math.sin(math.radians(20)))
    face = dataclasses.replace(make_face(), pose=pose)
    assert face.yaw_pitch_roll_deg == pytest.approx(expected, abs=1e-4)


def test_an_expression_refuses_a_label_set_that_it_has_no_probabilities_for() -> None:
    with pytest.raises(InputError, match="label_set must be one of custom, got 'ferplus'"):
        emoar.Expression("ferplus", "happiness", 0.9, {"custom": {"asleep": 0.1, "awake": 0.9}})


def test_measures_and_valence_are_in_the_document_where_a_face_has_them() -> None:
    plain = make_face()
    measured = dataclasses.replace(plain, measures={"jawOpen": 0.123456, "browInnerUp": 0.0}, valence=-0.25)
    assert not {"measures", "valence", "valence_method"} & plain.to_dict().keys()
    document = measured.to_dict(landmarks=True)
    assert document["measures"] == {"jawOpen": 0.1235, "browInnerUp": 0.0}
    assert (document["valence"], document["valence_method"]) == (-0.25, VALENCE_METHOD)
    back = Face.from_dict(document)
    assert (back.measures, back.valence) == ({"jawOpen": 0.1235, "browInnerUp": 0.0}, -0.25)
    again = Face.from_dict(plain.to_dict(landmarks=True))
    assert (again.measures, again.valence) == (None, None)
