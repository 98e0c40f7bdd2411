"""How a report writes numbers and names."""

from __future__ import annotations

import math

__all__ = ["number", "percent", "shorten"]


def percent(value: float, digits: int = 1) -> str:
    """A share of 1 as a percentage; a dash where there is none."""
    return "-" if math.isnan(value) else f"{100 * value:.{digits}f} %"


def number(value: float) -> str:
    """A number with three digits; a dash where there is none."""
    return "-" if math.isnan(value) else f"{value:.3f}"


def shorten(name: str, longest: int = 24) -> str:
    """A name that fits beside a chart: its middle is left out, since paths differ at their ends."""
    if len(name) <= longest:
        return name
    head = (longest - 1) // 2
    return f"{name[:head]}…{name[len(name) - (longest - 1 - head) :]}"
