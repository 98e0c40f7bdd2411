"""The message of QTrobot's face tracker."""

from __future__ import annotations

from dataclasses import replace

import pytest
from makers import make_face, make_scene
from ros_interfaces import check_message

from emoar.events.ros.qtrobot import QtRobot
from emoar.types import Scene


def faces_of(scene: Scene) -> list[dict[str, object]]:
    publications = list(QtRobot().publications([], scene))
    for publication in publications:
        assert (publication.topic, publication.type) == ("/qt_nuitrack_app/faces", "qt_nuitrack_app/Faces")
        check_message(publication.type, publication.msg)
    return [face for publication in publications for face in publication.msg["faces"]]


def test_scores_places_and_angles() -> None:
    first, second = faces_of(make_scene(2, width=200))
    assert (first["id"], first["gender"], first["age_years"], first["age_type"]) == (1, "", 0, "")
    assert [first[f"emotion_{name}"] for name in ("neutral", "angry", "happy", "surprise")] == [0.03, 0.03, 0.79, 0.03]
    left, top, width, height = second["rectangle"]
    (left_x, left_y), (right_x, right_y) = second["left_eye"], second["right_eye"]
    assert left < right_x < left_x < left + width, "the person's left eye is on the right of the picture"
    assert top < left_y == pytest.approx(right_y, abs=1e-3)
    assert left_y < top + height
    assert first["angles"] == [0.0, 0.0, 0.0]


def test_a_face_that_cannot_be_classified_has_no_scores() -> None:
    face = make_face()
    blurred = replace(face, quality=replace(face.quality, reasons=("too blurred",)))
    (info,) = faces_of(replace(make_scene(), faces=(blurred,)))
    assert [info[f"emotion_{name}"] for name in ("neutral", "angry", "happy", "surprise")] == [0.0] * 4


def test_a_scene_without_faces_is_not_published() -> None:
    assert faces_of(make_scene(0)) == []
    assert list(QtRobot().publications([], None)) == []
    assert QtRobot().ended([]) == []
