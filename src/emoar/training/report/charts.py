"""The charts of the reports. Each function returns a `Chart` of its arguments."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgba
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from emoar.report.figure import LIGHT, SERIES, Chart
from emoar.report.text import percent, shorten
from emoar.training.evaluation.calibration import Reliability

__all__ = [
    "Bar",
    "bars",
    "confidence_histogram",
    "confusion_matrix",
    "histogram",
    "label_metrics",
    "learning_curves",
    "reliability_diagram",
    "stacked_bars",
]

Floats = NDArray[np.float64]
_ROW_IN: Final = 0.24  # height in inches of a horizontal bar with its margins
_LINES: Final = ("-", "--", ":", "-.")  # line styles; each is used with all colours before the next


@dataclass(frozen=True)
class Bar:
    """One bar of `bars`."""

    name: str
    value: float  # NaN for a missing value
    text: str  # shown beside the bar
    interval: tuple[float, float] | None = None  # lower and upper end


def confusion_matrix(labels: Sequence[str], confusion: NDArray[np.int64]) -> Chart:
    """A confusion matrix of (C, C) counts, rows are the true labels; cells show the share of the row and the count."""
    count = len(labels)
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    size = min(8.5, 68 / count)

    def draw(axes: Axes) -> None:
        shades = ListedColormap([to_rgba(LIGHT["cell"], step / 255) for step in range(256)])
        axes.pcolormesh(shares, cmap=shades, vmin=0, vmax=1, edgecolors=LIGHT["line"], linewidth=0.5)
        for row, column in np.argwhere(confusion).tolist():
            share = float(shares[row, column])
            colour = LIGHT["on_cell"] if share > 0.5 else LIGHT["ink"] if share >= 0.05 else LIGHT["muted"]
            x, y = column + 0.5, row + 0.5
            axes.text(x, y - 0.02, f"{share:.0%}", size=size, color=colour, ha="center", va="baseline")
            axes.text(x, y + 0.12, f"{confusion[row, column]}", size=0.7 * size, color=colour, ha="center", va="top")
        names = [shorten(label, 16) for label in labels]
        axes.set_xticks(np.arange(count) + 0.5, names, rotation=35, ha="left", rotation_mode="anchor")
        axes.set_yticks(np.arange(count) + 0.5, names)
        axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
        axes.spines[:].set_visible(False)
        axes.set_ylim(count, 0)
        axes.xaxis.set_label_position("top")
        axes.set_xlabel("predicted label")
        axes.set_ylabel("true label")

    return Chart("Confusion matrix, shares of each true label", draw, max(2.4, 0.9 + 0.4 * count))


def reliability_diagram(before: Reliability, after: Reliability | None) -> Chart:
    """A reliability diagram: bars for the model (`before`), a line for it with a fitted temperature (`after`)."""
    seen, width = before.count > 0, 1 / len(before.count)
    edges = np.flatnonzero(seen) * width
    confidence, accuracy = before.confidence[seen], before.accuracy[seen]

    def draw(axes: Axes) -> None:
        _columns(axes, edges, accuracy, width, "blue", f"model, ECE {percent(before.error)}")
        gap = axes.bar(edges, confidence - accuracy, width, bottom=accuracy, align="edge", label="gap to confidence")
        for patch in gap.patches:
            patch.set(facecolor="none", edgecolor=LIGHT["vermilion"], hatch="////", linewidth=0.6)
        axes.plot([0, 1], [0, 1], "--", color=LIGHT["muted"], linewidth=1, label="perfect calibration")
        if after is not None:
            mask = after.count > 0
            fitted = f"fitted temperature, ECE {percent(after.error)}"
            axes.plot(after.confidence[mask], after.accuracy[mask], "o-", ms=3, color=LIGHT["orange"], label=fitted)
        _axes_of_confidence(axes, "accuracy")
        axes.set_ylim(0, 1)
        axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))

    return Chart("Reliability diagram", draw)


def confidence_histogram(confidence: Floats, correct: NDArray[np.bool_], bins: int = 20) -> Chart:
    """A histogram of (N,) confidences 0..1, stacked by whether the prediction is correct (N,)."""
    edges = np.linspace(0, 1, bins + 1)
    right, wrong = (np.histogram(confidence[which], edges)[0] for which in (correct, ~correct))

    def draw(axes: Axes) -> None:
        _columns(axes, edges[:-1], right, 1 / bins, "blue", f"correct ({right.sum():,})")
        _columns(axes, edges[:-1], wrong, 1 / bins, "vermilion", f"wrong ({wrong.sum():,})", bottom=right)
        _axes_of_confidence(axes, "faces")

    return Chart("Histogram of confidence", draw)


def label_metrics(
    labels: Sequence[str], metrics: Mapping[str, Floats], support: NDArray[np.int64], intervals: Mapping[str, Floats]
) -> Chart:
    """Horizontal bars of (C,) metrics in 0..1 for each label, with their (2, C) intervals and the support (C,)."""
    places, height = np.arange(len(labels)), 0.8 / len(metrics)

    def draw(axes: Axes) -> None:
        for index, (name, values) in enumerate(metrics.items()):
            y = places + (index - (len(metrics) - 1) / 2) * height
            axes.barh(y, values, 0.9 * height, color=LIGHT[SERIES[index]], label=name)
            _whiskers(axes, y, intervals[name])
        axes.set_yticks(places, [f"{shorten(name)} ({count:,})" for name, count in zip(labels, support, strict=True)])
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
        axes.grid(axis="x")
        axes.tick_params(length=0)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(metrics))

    return Chart("Precision, recall and F1, with 95 % intervals", draw, max(2.4, 0.9 + 0.4 * len(labels)))


def bars(title: str, rows: Sequence[Bar], *, by_series: bool = True) -> Chart:
    """Horizontal bars from 0, with their intervals and texts.

    Args:
        title: title of the chart.
        rows: bars from top to bottom.
        by_series: colours the bars by their position, as `learning_curves` does; otherwise all have the same colour.
    """
    ends = [row.interval[1] if row.interval else 0 if math.isnan(row.value) else row.value for row in rows]

    def draw(axes: Axes) -> None:
        for place, (row, end) in enumerate(zip(rows, ends, strict=True)):
            colour = SERIES[place % len(SERIES)] if by_series else "blue"
            axes.barh(place, row.value, 0.68, color=LIGHT[colour])
            if row.interval:
                _whiskers(axes, np.array([place]), np.array(row.interval).reshape(2, 1))
            axes.annotate(row.text, (end, place), (4, 0), textcoords="offset points", va="center_baseline")
        _named_rows(axes, [row.name for row in rows], max(ends, default=0))

    return Chart(title, draw, 0.15 + _ROW_IN * len(rows))


def stacked_bars(title: str, parts: Sequence[str], rows: Mapping[str, Sequence[int]]) -> Chart:
    """Stacked horizontal bars of counts with their sums; each of the `rows` has a count for each of the `parts`."""
    counts = np.array(list(rows.values()), np.int64).reshape(len(rows), len(parts))
    totals, places = counts.sum(axis=1), np.arange(len(rows))

    def draw(axes: Axes) -> None:
        left = np.cumsum(counts, axis=1) - counts
        for index, name in enumerate(parts):
            axes.barh(places, counts[:, index], 0.68, left=left[:, index], color=LIGHT[SERIES[index]], label=name)
        for place, total in enumerate(totals.tolist()):
            axes.annotate(f"{total:,}", (total, place), (4, 0), textcoords="offset points", va="center_baseline")
        _named_rows(axes, list(rows), int(totals.max(initial=0)))
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(parts))

    return Chart(title, draw, 0.45 + _ROW_IN * len(rows))


def histogram(title: str, counts: Sequence[int], x_name: str) -> Chart:
    """A histogram of faces, from their counts in equal bins of 0..1."""

    def draw(axes: Axes) -> None:
        steps = np.arange(len(counts)) / len(counts)
        _columns(axes, steps, np.asarray(counts), 1 / len(counts), "blue")
        axes.set_xlim(0, 1)
        axes.set_xlabel(x_name)
        axes.set_ylabel("faces")
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], integer=True))
        axes.grid(axis="y")

    return Chart(title, draw, 1.7)


def learning_curves(title: str, series: Mapping[str, Sequence[tuple[float, float]]], *, percentages: bool) -> Chart:
    """Lines of (epoch, value) points by name; the position of a series, even without points, sets its colour."""

    def draw(axes: Axes) -> None:
        for index, points in enumerate(series.values()):
            xs, ys = zip(*points, strict=True) if points else ((), ())
            line = _LINES[index // len(SERIES) % len(_LINES)]
            marker = "o" if len(points) < 12 else ""
            axes.plot(xs, ys, line, marker=marker, ms=3, color=LIGHT[SERIES[index % len(SERIES)]])
        axes.set_xlim(left=0)
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
        axes.set_xlabel("epoch")
        if percentages:
            axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
        axes.grid(axis="y")
        # The lines are passed explicitly: by default, matplotlib leaves out names that begin with an underscore.
        axes.legend(axes.lines, [shorten(name) for name in series], loc="lower left", bbox_to_anchor=(0, 1), ncols=2)

    return Chart(title, draw, 2.6 + 0.18 * math.ceil(len(series) / 2))


def _columns(
    axes: Axes,
    edges: NDArray[Any],
    heights: NDArray[Any],
    width: float,
    colour: str,
    label: str = "",
    bottom: NDArray[Any] | float = 0,
) -> None:
    """Adjacent vertical bars; `edges` are their left edges."""
    axes.bar(edges, heights, width, bottom, align="edge", color=LIGHT[colour], edgecolor=LIGHT["paper"], label=label)


def _axes_of_confidence(axes: Axes, y_name: str) -> None:
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set_xlabel("confidence")
    axes.set_ylabel(y_name)
    axes.grid(axis="y")
    axes.legend(loc="upper left")


def _whiskers(axes: Axes, places: NDArray[Any], intervals: Floats) -> None:
    """Draws (2, N) lower and upper ends at (N,) positions; independent of the values, which may lie outside."""
    low, high = intervals
    axes.errorbar(
        (low + high) / 2, places, xerr=(high - low) / 2, fmt="none", ecolor=LIGHT["ink"], elinewidth=0.9, capsize=2
    )


def _named_rows(axes: Axes, names: Sequence[str], largest: float) -> None:
    """Names of the rows on the left, from top to bottom, without an axis scale, since each bar has a text."""
    axes.set_yticks(range(len(names)), [shorten(name) for name in names])
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.set_xlim(0, (largest or 1) * 1.22)  # space for the texts
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)
