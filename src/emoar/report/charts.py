"""The charts of a report on recordings. Each function returns a `Chart` of its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from emoar.analysis.segments import Segment
from emoar.analysis.series import NO_LABEL, FaceSeries, on_grid
from emoar.analysis.summary import SegmentSummary
from emoar.labels import UNSURE, category
from emoar.report.figure import LIGHT, SERIES, Chart
from emoar.report.text import shorten

__all__ = ["changes", "colour_of", "comparison", "shares", "timeline"]

WIDE_IN: Final = 10.6
_BINS: Final = 900  # of a timeline: about one a pixel of its width
_FEW: Final = 0.5  # classified share below which a segment is greyed
_ROW_IN: Final = 0.34
_LETTERS: Final = 125  # of the small font, over the width of a timeline
_RIBBON: Final = (1.06, 0.14)  # bottom and height, above the probabilities


def colour_of(label: str, labels: Sequence[str]) -> str:
    """The colour of a label: that of its category, or one of the series for a user's own labels."""
    name = category(label)
    if name in LIGHT:
        return LIGHT[name]
    others = [each for each in labels if category(each) not in LIGHT]
    return LIGHT[SERIES[others.index(label) % len(SERIES)]] if label in others else LIGHT["muted"]


def timeline(
    series: FaceSeries,
    raw: FaceSeries | None,
    segments: Sequence[Segment],
    span_s: tuple[float, float],
    labels: Sequence[str],
) -> Chart:
    """The shown label as a ribbon, the probabilities of some labels below, and the segments above.

    Args:
        series: one person, smoothed.
        raw: the same before smoothing; drawn as a thin line.
        segments: of the recording.
        span_s: start and end of the recording.
        labels: those whose probabilities are drawn.
    """
    start_s, end_s = span_s
    step_s = max((end_s - start_s) / _BINS, 1e-3)

    def clock(value: float, _: int | None) -> str:
        return _clock(value, end_s)

    def draw(axes: Axes) -> None:
        for label in labels:
            colour = colour_of(label, series.labels)
            if raw is not None:
                axes.plot(*_binned(raw, label, 2 * step_s), color=colour, linewidth=0.5, alpha=0.45)
            axes.plot(*_binned(series, label, step_s), color=colour, linewidth=1.5, label=label)
        _ribbon(axes, series, start_s, end_s, step_s)
        for segment in segments:
            _segment(axes, segment, end_s - start_s)
        axes.set_xlim(start_s, end_s)
        axes.set_ylim(0, 1.42)
        axes.set_yticks([0, 0.5, 1])
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
        axes.xaxis.set_major_locator(MaxNLocator(10, steps=[1, 2, 3, 6, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(clock))
        axes.spines["left"].set_bounds(0, 1)
        axes.grid(axis="y", linewidth=0.5)

    return Chart(f"Timeline of {series.face}", draw, 2.2, WIDE_IN)


def shares(parts: Sequence[SegmentSummary], labels: Sequence[str]) -> Chart:
    """Stacked bars: the share of each shown label in the classified time of each segment.

    A segment in which less than half of the time was classified is pale.
    """

    def draw(axes: Axes) -> None:
        for place, part in enumerate(parts):
            left, opacity = 0.0, _opacity(part)
            for label in (*labels, UNSURE):
                share, colour = part.shares.get(label, 0.0), colour_of(label, labels)
                axes.barh(place, share, 0.68, left=left, alpha=opacity, color=colour, edgecolor=LIGHT["paper"], lw=0.5)
                left += share
            _beside(axes, place, f"{part.usable_share:.0%} classified" if part.shares else "not seen")
        _rows(axes, parts)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))

    return Chart("Shown label, share of the classified time", draw, _height(parts))


def changes(parts: Sequence[SegmentSummary], labels: Sequence[str]) -> Chart:
    """Changes from the person's own rest in percentage points, with their 95 % intervals."""
    offset = 0.7 / max(len(labels), 1)
    known = [each.label for each in parts[0].labels] if parts else []

    def draw(axes: Axes) -> None:
        axes.axvline(0, color=LIGHT["ink"], linewidth=0.8)
        for at, label in enumerate(labels):
            for place, part in enumerate(parts):
                if (change := part.of(label).change) is None:
                    continue
                y, colour = place + (at - (len(labels) - 1) / 2) * offset, colour_of(label, known)
                ends, opacity = [100 * change.low, 100 * change.high], _opacity(part)
                axes.plot(ends, [y, y], color=colour, linewidth=2, alpha=opacity, solid_capstyle="round")
                axes.plot([100 * change.value], [y], "o", ms=4.5, color=colour, alpha=opacity)
        _rows(axes, parts)
        axes.grid(axis="x", linewidth=0.5)
        axes.xaxis.set_major_formatter(FuncFormatter(_signed))
        axes.set_xlabel("percentage points from rest")

    return Chart("Change from rest, mean with 95 % interval", draw, _height(parts) + 0.2)


def comparison(label: str, segments: Sequence[str], values: Mapping[str, Sequence[float]], *, relative: bool) -> Chart:
    """One line a person over the segments that the recordings share; NaN where a person has no value."""

    def draw(axes: Axes) -> None:
        places = np.arange(len(segments))
        for at, (person, row) in enumerate(values.items()):
            colour = LIGHT[SERIES[at % len(SERIES)]]
            axes.plot(places, 100 * np.asarray(row), "o-", ms=4, lw=1.2, color=colour, label=shorten(person, 20))
        axes.set_xticks(places, [shorten(name, 14) for name in segments])
        axes.set_xlim(-0.3, len(segments) - 0.7)
        axes.grid(axis="y", linewidth=0.5)
        axes.set_ylabel("points from rest" if relative else "mean probability, %")
        if relative:
            axes.axhline(0, color=LIGHT["ink"], linewidth=0.8)
        if len(values) <= 12:
            axes.legend(loc="upper left", bbox_to_anchor=(1, 1))

    return Chart(f"{label.capitalize()}, one value a person and segment", draw, 2.6)


def _binned(series: FaceSeries, label: str, step_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times and means of a label's probability, in at most `_BINS` steps; NaN breaks the line."""
    values = series.of(label)
    known = ~np.isnan(values)
    if not known.any():
        return np.empty(0), np.empty(0)
    median_s = float(np.median(series.durations_s))
    step_s = max(step_s, 3 * median_s)  # not every frame is classified
    binned = on_grid(series.times_s, values, step_s)
    return series.times_s[known][0] + (np.arange(len(binned)) + 0.5) * step_s, binned


def _ribbon(axes: Axes, series: FaceSeries, start_s: float, end_s: float, step_s: float) -> None:
    """The shown label over time; hatched where the face could not be classified, empty where there is none."""
    states = np.where(series.usable, np.where(series.label == NO_LABEL, len(series.labels), series.label), -2)
    colours = [*(colour_of(label, series.labels) for label in series.labels), LIGHT["unsure"]]
    bins = np.full(int((end_s - start_s) / step_s) + 2, -1)
    first = ((series.times_s - start_s) / step_s).astype(int)
    last = ((series.times_s + series.durations_s - start_s) / step_s).astype(int)
    for begin, end, state in zip(first.tolist(), last.tolist(), states.tolist(), strict=True):
        bins[max(begin, 0) : max(end, begin + 1)] = state
    edges = np.flatnonzero(np.diff(bins, prepend=-3, append=-3))
    for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        state, span = int(bins[begin]), (start_s + begin * step_s, (end - begin) * step_s)
        if state >= 0:
            axes.broken_barh([span], _RIBBON, facecolor=colours[state], linewidth=0)
        elif state == -2:
            axes.broken_barh([span], _RIBBON, facecolor="none", edgecolor=LIGHT["muted"], hatch="////", linewidth=0)


def _segment(axes: Axes, segment: Segment, whole_s: float) -> None:
    """Its name and its start; a name that does not fit is cut."""
    room = int(max(segment.length_s / max(whole_s, 1e-9) * _LETTERS, 3))
    axes.axvline(segment.start_s, color=LIGHT["muted"], linewidth=0.7, linestyle=(0, (3, 3)))
    axes.annotate(shorten(segment.name, room), (segment.start_s, 1.27), (3, 0), textcoords="offset points", size=8)


def _beside(axes: Axes, place: int, words: str) -> None:
    """Words at the end of a bar."""
    axes.annotate(
        words, (1, place), (6, 0), textcoords="offset points", va="center_baseline", color=LIGHT["muted"], size=8
    )


def _opacity(part: SegmentSummary) -> float:
    return 1.0 if part.usable_share >= _FEW else 0.3


def _rows(axes: Axes, parts: Sequence[SegmentSummary]) -> None:
    axes.set_yticks(range(len(parts)), [shorten(part.segment.name, 22) for part in parts])
    axes.set_ylim(len(parts) - 0.5, -0.5)
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)


def _height(parts: Sequence[SegmentSummary]) -> float:
    return 0.5 + _ROW_IN * max(len(parts), 1)


def _signed(value: float, _: int | None) -> str:
    return f"{value:+g}".replace("-", "−") if value else "0"


def _clock(value: float, end_s: float) -> str:
    """Seconds, or minutes and seconds of a long recording."""
    return f"{value:g} s" if end_s < 120 else f"{int(value) // 60}:{int(value) % 60:02d}"
