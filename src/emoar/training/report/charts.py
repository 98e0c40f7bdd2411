"""The charts of an evaluation and of a comparison. Each function takes figures and gives a drawing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.training.evaluation.calibration import Reliability
from emoar.training.report.drawing import SERIES, Box, Drawing, Line, Shape, Words

__all__ = ["Bar", "bars", "confidence_histogram", "confusion_chart", "curves", "label_bars", "reliability_chart"]

Floats = NDArray[np.float64]
_WIDTH: Final = 460.0
_CHARACTER: Final = 6.6  # pixels of a letter at size 12, about
_LONGEST: Final = 16  # characters of a label that are shown


@dataclass(frozen=True)
class Bar:
    """One bar of `bars`."""

    name: str
    value: float  # NaN: there is none
    words: str  # beside it
    ends: tuple[float, float] | None = None  # of an interval


@dataclass(frozen=True)
class _Plot:
    """The place of the data in a chart, and what its axes mean."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]  # values at the left and right edge
    y: tuple[float, float]  # values at the lower and upper edge

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Pixels of a value."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return self.left + across * self.width, self.top + (1 - up) * self.height

    def axes(self, xs: Mapping[float, str], ys: Mapping[float, str], x_name: str, y_name: str) -> list[Shape]:
        """Grid lines at values, their words, and what the axes show."""
        shapes: list[Shape] = []
        low, bottom = self.left, self.top + self.height
        for value, words in ys.items():
            y = self.at(self.x[0], value)[1]
            shapes.append(Line(((low, y), (low + self.width, y)), "line"))
            shapes.append(Words(low - 6, y + 4, words, "muted", 11, "end"))
        for value, words in xs.items():
            x = self.at(value, self.y[0])[0]
            shapes.append(Line(((x, bottom), (x, bottom + 4)), "line"))
            shapes.append(Words(x, bottom + 16, words, "muted", 11, "middle"))
        shapes.append(Words(low + self.width / 2, bottom + 33, x_name, "muted", 11, "middle"))
        shapes.append(Words(low - 40, self.top + self.height / 2, y_name, "muted", 11, "middle", upwards=True))
        return shapes


def confusion_chart(labels: Sequence[str], confusion: NDArray[np.int64]) -> Drawing:
    """Shares of each true label, with counts under the pointer; (C, C) counts, rows are the true labels."""
    left, top = _label_width(labels) + 22, 40.0
    side = max((_WIDTH - left) / len(labels), 30.0)
    high = min(side, 44.0)
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    shapes: list[Shape] = [
        Words(left + side * len(labels) / 2, 12, "predicted", "muted", 11, "middle"),
        Words(10, top + high * len(labels) / 2, "true", "muted", 11, "middle", upwards=True),
    ]
    size = min(11.0, max(9.0, 12 * side / (_CHARACTER * max(map(len, labels)))))
    longest = max(int(side / (_CHARACTER * size / 12)), 3)
    for column, label in enumerate(labels):
        shapes.append(Words(left + side * (column + 0.5), 30, _short(label, longest), "ink", size, "middle"))
    for row, label in enumerate(labels):
        y = top + high * row
        shapes.append(Words(left - 8, y + high / 2 + 4, _short(label), "ink", 12, "end"))
        for column, predicted in enumerate(labels):
            share, x = float(shares[row, column]), left + side * column
            note = f"{label} called {predicted}: {confusion[row, column]} ({share:.1%})"
            colour = "blue" if row == column else "orange"
            shapes.append(Box(x + 1, y + 1, side - 2, high - 2, "line", 0.35, 3))
            shapes.append(Box(x + 1, y + 1, side - 2, high - 2, colour, min(1.0, 0.04 + share), 3, note))
            text = f"{share:.0%}" if confusion[row, column] else ""
            tone = "paper" if share > 0.55 else "ink" if share >= 0.05 else "muted"
            shapes.append(Words(x + side / 2, y + high / 2 + 4, text, tone, 12 if side > 36 else 10, "middle"))
    return Drawing(left + side * len(labels) + 4, top + high * len(labels) + 6, "Confusion matrix", tuple(shapes))


def reliability_chart(before: Reliability, after: Reliability | None) -> Drawing:
    """Accuracy by confidence: bars for the model as it is, a line for it with a fitted temperature."""
    plot = _Plot(56, 30, _WIDTH - 72, 250, (0, 1), (0, 1))
    ticks = {value / 5: f"{value * 20} %" for value in range(6)}
    shapes = plot.axes(ticks, ticks, "how sure the model was", "how often it was right")
    width = 1 / len(before.count)
    for index, count in enumerate(before.count.tolist()):
        if not count:
            continue
        confidence, accuracy = float(before.confidence[index]), float(before.accuracy[index])
        x, y = plot.at(index * width, accuracy)
        span, floor = plot.width * width, plot.top + plot.height
        note = f"{count} faces: {confidence:.1%} sure, {accuracy:.1%} right"
        shapes.append(Box(x + 1, y, span - 2, floor - y, "blue", 0.75, 2, note))
        gap = plot.at(0, confidence)[1]
        shapes.append(Box(x + 1, min(y, gap), span - 2, abs(gap - y), "red", 0.35, 0, note))
    shapes.append(Line((plot.at(0, 0), plot.at(1, 1)), "muted", 1.2, dashed=True))
    legend = [("blue", f"as it is: ECE {_percent(before.error)}"), ("red", "gap")]
    if after is not None:
        seen = np.flatnonzero(after.count)
        points = [plot.at(float(after.confidence[i]), float(after.accuracy[i])) for i in seen]
        shapes.append(Line(tuple(points), "orange", 2, dots=3, note="with the fitted temperature"))
        legend.append(("orange", f"temperature fitted: ECE {_percent(after.error)}"))
    return Drawing(_WIDTH, 322, "Reliability diagram", (*_legend(legend, 56), *shapes))


def confidence_histogram(confidence: Floats, correct: NDArray[np.bool_], bins: int = 20) -> Drawing:
    """How many faces at each confidence were right and wrong."""
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    right, wrong = (np.bincount(place[which], minlength=bins) for which in (correct, ~correct))
    top = max(int((right + wrong).max(initial=0)), 1)
    step = max(_step(top), 1.0)
    plot = _Plot(56, 30, _WIDTH - 72, 250, (0, 1), (0, math.ceil(top / step) * step))
    counts = {float(v): f"{v:g}" for v in np.arange(0, plot.y[1] + step / 2, step).tolist()}
    shapes = plot.axes({v / 5: f"{v * 20} %" for v in range(6)}, counts, "how sure the model was", "faces")
    for index in range(bins):
        x, y = plot.at(index / bins, float(right[index]))
        upper = plot.at(0, float(right[index] + wrong[index]))[1]
        span, floor = plot.width / bins, plot.top + plot.height
        note = f"{index / bins:.0%} to {(index + 1) / bins:.0%}: {right[index]} right, {wrong[index]} wrong"
        shapes.append(Box(x + 1, y, span - 2, floor - y, "blue", 0.75, 0, note))
        shapes.append(Box(x + 1, upper, span - 2, y - upper, "red", 0.75, 0, note))
    legend = [("blue", f"right ({int(right.sum())})"), ("red", f"wrong ({int(wrong.sum())})")]
    return Drawing(_WIDTH, 322, "Histogram of confidence", (*_legend(legend, 56), *shapes))


def label_bars(
    labels: Sequence[str], figures: Mapping[str, Floats], support: NDArray[np.int64], ends: Mapping[str, Floats]
) -> Drawing:
    """Figures of each label, 0..1, with their (2, C) intervals."""
    left, high = _label_width(labels) + 46, 10.0
    row = high * len(figures) + 14
    plot = _Plot(left, 30, _WIDTH - left - 24, row * len(labels), (0, 1), (0, 1))
    shapes: list[Shape] = []
    for value in range(0, 101, 20):
        x, bottom = plot.at(value / 100, 0)
        shapes.append(Line(((x, plot.top), (x, bottom)), "line"))
        shapes.append(Words(x, bottom + 16, f"{value} %", "muted", 11, "middle"))
    for index, label in enumerate(labels):
        y = plot.top + row * index + 6
        shapes.append(Words(left - 40, y + row / 2 - 4, _short(label), "ink", 12, "end"))
        shapes.append(Words(left - 8, y + row / 2 - 4, str(support[index]), "muted", 10, "end"))
        for place, (name, values) in enumerate(figures.items()):
            shapes += _bar(plot, y + high * place, high - 2, SERIES[place], float(values[index]), f"{label}, {name}")
            shapes += _whisker(plot, y + high * place + high / 2 - 1, ends[name][:, index])
    legend = list(zip(SERIES, figures, strict=False))
    return Drawing(_WIDTH, plot.top + plot.height + 24, "Figures by label", (*_legend(legend, left), *shapes))


def bars(title: str, rows: Sequence[Bar]) -> Drawing:
    """Named values as horizontal bars from 0, each in the colour of its place."""
    left, high = _label_width([row.name for row in rows]) + 10, 30.0
    values = [row.value for row in rows if not math.isnan(row.value)]
    top = max([*values, *(row.ends[1] for row in rows if row.ends)], default=1.0) or 1.0
    plot = _Plot(left, 28, _WIDTH - left - 84, high * len(rows), (0, top), (0, 1))
    shapes: list[Shape] = [Words(0, 13, title, "ink", 13, bold=True)]
    for index, row in enumerate(rows):
        y = plot.top + high * index
        shapes.append(Words(left - 8, y + high / 2 + 4, _short(row.name), "ink", 12, "end"))
        shapes += _bar(plot, y + 5, high - 10, SERIES[index % len(SERIES)], row.value, f"{row.name}: {row.words}")
        if row.ends:
            shapes += _whisker(plot, y + high / 2, np.array(row.ends))
        end = plot.at(row.ends[1] if row.ends else 0.0 if math.isnan(row.value) else row.value, 0)[0]
        shapes.append(Words(end + 6, y + high / 2 + 4, row.words, "ink", 12))
    return Drawing(_WIDTH, plot.top + plot.height + 8, title, tuple(shapes))


def curves(title: str, series: Mapping[str, Sequence[tuple[float, float]]], *, percent: bool) -> Drawing:
    """Lines over epochs; each in the colour of its place, also of a series without a point."""
    points = [point for line in series.values() for point in line]
    last = max((x for x, _ in points), default=1.0)
    low, high, step_y = _range([y for _, y in points])
    rows = -(-len(series) // 3)
    plot = _Plot(56, 30 + 18 * rows, _WIDTH - 72, 230, (0, max(last, 1.0)), (low, high))
    ys = {float(v): f"{v:.0%}" if percent else f"{v:.3g}" for v in np.arange(low, high + step_y / 2, step_y).tolist()}
    step = max(_step(plot.x[1]), 1.0)
    xs = {float(v): f"{v:g}" for v in np.arange(0, plot.x[1] + 1e-9, step).tolist()}
    shapes: list[Shape] = [Words(0, 13, title, "ink", 13, bold=True), *plot.axes(xs, ys, "epoch", "")]
    for index, (name, line) in enumerate(series.items()):
        colour = SERIES[index % len(SERIES)]
        shapes += _legend([(colour, _short(name))], 56 + 135 * (index % 3), 30 + 18 * (index // 3))
        dots = 2.5 if len(line) < 12 else 0.0
        if line:
            shapes.append(Line(tuple(plot.at(x, y) for x, y in line), colour, 2, dots=dots, note=name))
    return Drawing(_WIDTH, plot.top + plot.height + 42, title, tuple(shapes))


def _bar(plot: _Plot, y: float, height: float, colour: str, value: float, note: str) -> list[Shape]:
    if math.isnan(value):
        return []
    words = note if ":" in note else f"{note}: {value:.1%}"
    return [Box(plot.left, y, max(plot.at(value, 0)[0] - plot.left, 0.5), height, colour, 0.85, 2, words)]


def _whisker(plot: _Plot, y: float, ends: Floats) -> list[Shape]:
    if np.isnan(ends).any() or ends[0] == ends[1]:
        return []
    low, high = (plot.at(float(end), 0)[0] for end in ends)
    return [Line(((low, y), (high, y)), "ink", 1), *(Line(((x, y - 3), (x, y + 3)), "ink", 1) for x in (low, high))]


def _legend(entries: Sequence[tuple[str, str]], left: float, y: float = 12.0) -> list[Shape]:
    shapes: list[Shape] = []
    for colour, words in entries:
        shapes.append(Box(left, y - 9, 10, 10, colour, 0.85, 2))
        shapes.append(Words(left + 15, y, words, "ink", 11))
        left += 15 + _CHARACTER * len(words) + 10
    return shapes


def _range(values: Sequence[float]) -> tuple[float, float, float]:
    """Round ends of an axis that holds the values, and the distance of its grid lines."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    step = _step(high - low or abs(high) or 1.0)
    return math.floor(low / step) * step, math.floor(high / step + 1) * step, step


def _step(span: float) -> float:
    """A round distance that divides `span` into about five."""
    unit = 10.0 ** math.floor(math.log10(span / 5))
    return next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= span / 5 * (1 - 1e-9))


def _short(label: str, longest: int = _LONGEST) -> str:
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


def _label_width(labels: Sequence[str]) -> float:
    return _CHARACTER * max(len(_short(label)) for label in labels)


def _percent(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.1%}"
