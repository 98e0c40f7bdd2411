"""How numbers and names are written."""

from __future__ import annotations

import math

import pytest

from emoar.report.text import number, percent, shorten


def test_numbers() -> None:
    assert percent(0.84456) == "84.5 %"
    assert percent(0.84456, 2) == "84.46 %"
    assert number(0.7) == "0.700"
    assert percent(math.nan) == number(math.nan) == "-"


@pytest.mark.parametrize(
    ("name", "short"),
    [("happy", "happy"), ("x" * 9, "x" * 9), ("runs/one/emoar-s", "runs…ar-s"), ("", "")],
)
def test_a_long_name_loses_its_middle(name: str, short: str) -> None:
    assert shorten(name, 9) == short
