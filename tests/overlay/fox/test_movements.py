"""How a person's face moves the avatar's: as in the browser, whose tests compare with the same numbers."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from measured_faces import GOLDEN, STORED

from emoar.labels import FERPLUS
from emoar.overlay.fox.movements import AT_REST, PERSON_AT_REST, AvatarFace, avatar_face, between

FACES: list[dict[str, Any]] = json.loads((GOLDEN / "overlay" / "avatar_faces.json").read_text())
BY_PICTURE = {stored["picture"]: stored for stored in STORED}


def moved(**changes: float) -> AvatarFace:
    return avatar_face(
        PERSON_AT_REST | {k: PERSON_AT_REST[k] + v for k, v in changes.items()}, PERSON_AT_REST, {}, None
    )


@pytest.mark.parametrize("stored", FACES, ids=[f"{one['picture']}-{one['label']}" for one in FACES])
def test_is_as_stored(stored: dict[str, Any]) -> None:
    measured = BY_PICTURE[stored["picture"]]
    shares = {name: 0.72 if name == stored["label"] else 0.04 for name in FERPLUS}
    measures = measured["movements"] if stored["measured"] else None
    face = dataclasses.asdict(avatar_face(measured["lengths"], PERSON_AT_REST, shares, measures))
    assert face == pytest.approx({name: stored[name] for name in face}, abs=1e-4)


def test_rests_when_the_person_does() -> None:
    assert dataclasses.asdict(moved()) == pytest.approx(dataclasses.asdict(AT_REST), abs=0.05)


def test_closes_one_eye() -> None:
    wink = moved(lidsLeft=-0.7 * PERSON_AT_REST["lidsLeft"])
    assert wink.eye_left == 0
    assert wink.eye_right == pytest.approx(1)


def test_jaw_and_smile_are_those_of_the_measures() -> None:
    measures = {"jawOpen": 0.3, "mouthSmileLeft": 0.9, "mouthSmileRight": 0.2}
    face = avatar_face(PERSON_AT_REST, PERSON_AT_REST, {}, measures)
    assert (face.jaw, face.smile_left, face.smile_right) == pytest.approx((0.5, 0.9, 0.2))


@pytest.mark.parametrize("label", FERPLUS)
def test_stays_in_its_ranges(label: str) -> None:
    for far in (-3.0, 3.0):
        face = avatar_face(dict.fromkeys(PERSON_AT_REST, far), PERSON_AT_REST, {label: 1.0}, None)
        for name, low, high in (("brow_left", -1, 1), ("eye_left", 0, 1.35), ("jaw", 0, 1), ("mouth_width", 0.6, 1.35)):
            assert low <= getattr(face, name) <= high, name


def test_goes_part_of_the_way() -> None:
    half = between(AT_REST, AvatarFace(jaw=1.0, eye_left=0.0), 0.25)
    assert (half.jaw, half.eye_left, half.mouth_width) == pytest.approx((0.25, 0.75, 1))
