"""Formatting of numbers and names in reports."""

from __future__ import annotations

import math

__all__ = ["number", "percent", "shorten"]


def percent(value: float, digits: int = 1) -> str:
    """A share, 0..1, as a percentage with that many decimals; a dash for NaN."""
    return "-" if math.isnan(value) else f"{100 * value:.{digits}f} %"


def number(value: float) -> str:
    """A number with three decimals; a dash for NaN."""
    return "-" if math.isnan(value) else f"{value:.3f}"


def shorten(name: str, longest: int = 24) -> str:
    """Shortens a name to at most `longest` characters; cuts the middle, since paths differ at their ends."""
    if len(name) <= longest:
        return name
    head = (longest - 1) // 2
    return f"{name[:head]}…{name[len(name) - (longest - 1 - head) :]}"
