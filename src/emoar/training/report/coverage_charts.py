"""Charts of what a model is sure of, and of what it keeps under shifts. Each function returns a `Chart`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from emoar.report.figure import LIGHT, SERIES, Chart
from emoar.report.text import percent
from emoar.training.evaluation.coverage import Coverage

__all__ = ["coverage_curves", "shift_chart"]

_POINTS: Final = 200  # of a curve
_LEAST: Final = 0.02  # coverage at which a curve starts: of fewer faces, the accuracy is noise
_ROW_IN: Final = 0.19  # height in inches of a shift


def coverage_curves(curves: Mapping[str, Coverage]) -> Chart:
    """Accuracy by coverage: lines by name, with the area under the risk-coverage curve (AURC)."""

    def draw(axes: Axes) -> None:
        shares = np.linspace(_LEAST, 1, _POINTS)
        for index, (name, curve) in enumerate(curves.items()):
            label = f"{name}, AURC {curve.area_under_risk:.3f}"
            values = [curve.accuracy_at(share) for share in shares.tolist()]
            axes.plot(shares, values, color=LIGHT[SERIES[index % len(SERIES)]], label=label)
        axes.set_xlim(0, 1)
        axes.set_xlabel("coverage: share of the faces, the most confident first")
        axes.set_ylabel("accuracy")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
        axes.grid(axis="y")
        axes.legend(loc="lower left")

    return Chart("Accuracy by coverage", draw)


def shift_chart(rows: Sequence[tuple[str, float, float]]) -> Chart:
    """A line for each shift from its accuracy on all faces to that on the most confident 80 % of them.

    Args:
        rows: name, accuracy on all faces, and accuracy at 80 % coverage, 0..1, from top to bottom.
    """

    def draw(axes: Axes) -> None:
        for place, (_, whole, confident) in enumerate(rows):
            axes.plot([whole, confident], [place, place], color=LIGHT["line"], linewidth=3, zorder=1)
        places = range(len(rows))
        axes.scatter([row[1] for row in rows], places, s=16, color=LIGHT["blue"], label="all faces")
        axes.scatter([row[2] for row in rows], places, s=16, color=LIGHT["green"], label="most confident 80 %")
        axes.set_yticks(places, [f"{name}  {percent(whole)}" for name, whole, _ in rows])
        axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
        axes.tick_params(length=0)
        axes.grid(axis="x")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)

    return Chart("Top-1 under shifts", draw, 0.8 + _ROW_IN * len(rows))
