"""Formatting of numbers and names in reports."""

from __future__ import annotations

import math

from emoar.analysis.dependence import Interval

__all__ = ["length", "number", "percent", "points", "shorten", "span"]


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


def points(value: float) -> str:
    """A difference of shares in percentage points with its sign; a dash for NaN."""
    return "-" if math.isnan(value) else f"{100 * value:+.1f}".replace("-", "−")


def span(interval: Interval) -> str:
    """The ends of an interval of differences, in percentage points."""
    return f"{points(interval.low)} to {points(interval.high)}"


def length(seconds: float) -> str:
    """A length of time: seconds below two minutes, else minutes or hours, too."""
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
