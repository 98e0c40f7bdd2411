"""Names and weights of blend shapes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emoar.events.osc.blend_shapes import NAMES, expression_weights, movement_weights
from emoar.types import Expression, Face

from ..test_detector import face


def measured(of: Face, **measures: float) -> Face:
    """The same face with measures."""
    return replace(of, measures=measures)


def test_expressions_weigh_as_much_as_their_probabilities() -> None:
    weights = expression_weights(face(), "0")
    assert weights == {"Joy": 0.79, "Angry": 0.03, "Sorrow": 0.03, "Surprised": 0.03, "Fun": 0.0}


def test_labels_of_other_sets_have_the_same_names() -> None:
    other = Expression("mine", "happy", 0.5, {"mine": {"happy": 0.5, "sad": 0.25, "bored": 0.25}})
    weights = expression_weights(replace(face(), expression=other), "1")
    assert weights == {"happy": 0.5, "sad": 0.25, "angry": 0.0, "surprised": 0.0, "relaxed": 0.0}


@pytest.mark.parametrize(
    ("vrm", "mouth", "left", "right"), [("0", "A", "Blink_L", "Blink_R"), ("1", "aa", "blinkLeft", "blinkRight")]
)
def test_measures_move_mouth_and_lids_and_keep_their_names(vrm: str, mouth: str, left: str, right: str) -> None:
    moved = measured(face(), jawOpen=0.5, eyeBlinkLeft=0.9, eyeBlinkRight=0.1, browInnerUp=0.3)
    weights = movement_weights(moved, vrm)
    assert (weights[mouth], weights[left], weights[right]) == (0.5, 0.9, 0.1)
    assert (weights["jawOpen"], weights["browInnerUp"], weights["eyeBlinkLeft"]) == (0.5, 0.3, 0.9)
    assert sum(weights[vowel] for vowel in NAMES[vrm].vowels[1:]) == 0


def test_a_face_without_measures_leaves_mouth_and_lids_to_the_receiver() -> None:
    assert movement_weights(face(), "0") == {}
