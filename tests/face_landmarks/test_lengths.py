"""Lengths on the mesh: of deformed average heads, and of the golden faces, whose numbers the browser has too."""

from __future__ import annotations

from typing import Any

import pytest
from measured_faces import STORED, face_of, head

from emoar.face_landmarks.lengths import LENGTHS, lengths

REST = lengths(*head())


@pytest.mark.parametrize("turn_deg", [(0, 15, 0), (-12, 0, 25), (10, -30, 5)])
@pytest.mark.parametrize("scale", [3, 30])
def test_they_do_not_depend_on_position_size_and_turn(turn_deg: tuple[float, float, float], scale: float) -> None:
    found = lengths(*head(turn_deg=turn_deg, scale=scale))
    assert tuple(found) == LENGTHS
    assert found == pytest.approx(REST, abs=1e-4)


@pytest.mark.parametrize(
    ("moved", "up_cm", "name", "least"),
    [
        ([61, 291], 0.9, "cornerLeft", 0.07),
        ([282, 334, 293], 0.8, "browLeft", 0.06),
        ([55, 107], 0.5, "innerBrowRight", 0.04),
        ([14, 17], -2.0, "mouthOpen", 0.15),
        ([386, 385], 0.3, "lidsLeft", 0.08),
        ([159, 158], 0.3, "lidsRight", 0.08),
        ([0, 13], -0.3, "upperLip", 0.02),
    ],
)
def test_a_movement_is_seen_on_its_side(moved: list[int], up_cm: float, name: str, least: float) -> None:
    change = {key: value - REST[key] for key, value in lengths(*head(moved, up_cm)).items()}
    assert change[name] > least
    if "Left" in name and 61 not in moved:
        assert change[name.replace("Left", "Right")] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: stored["picture"])
def test_golden(stored: dict[str, Any]) -> None:
    assert lengths(*face_of(stored)) == pytest.approx(stored["lengths"], abs=2e-4)
