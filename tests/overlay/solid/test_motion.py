"""The motion of parts; the golden states are compared by the browser's tests as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from emoar.overlay.solid.motion import Motion, moved_at

GOLDEN: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "golden/overlay/motion.json").read_text())


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case['motion']['kind']}-{case['time_s']}")
def test_moves_as_stored(case: dict[str, Any]) -> None:
    moved = moved_at(msgspec.convert(case["motion"], Motion), case["time_s"], case["strength"])
    assert moved.shift_cm == pytest.approx(case["shift_cm"], abs=1e-4)
    assert (moved.turn_deg, moved.tilt_deg) == pytest.approx((case["turn_deg"], case["tilt_deg"]), abs=1e-3)
    assert moved.scale == pytest.approx(case["scale"], abs=1e-4)


def test_spins_once_a_period() -> None:
    assert moved_at(Motion("spin", period_s=4), 1, 0.5).turn_deg == pytest.approx(90)


def test_moves_more_the_stronger_the_expression() -> None:
    motion = Motion("bob", period_s=4, amount=2, with_strength=True)
    assert [moved_at(motion, 1, strength).shift_cm[1] for strength in (0, 1)] == pytest.approx([0.5, 2])


def test_appears_from_its_strength_on() -> None:
    motion = Motion("bob", amount=1, from_strength=0.5)
    assert moved_at(motion, 0, 0.4).scale == (0, 0, 0)
    assert moved_at(motion, 0, 0.9).scale == (1, 1, 1)
