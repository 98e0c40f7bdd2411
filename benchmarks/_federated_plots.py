"""The plots of docs/federated.md: accuracy by budget and by heterogeneity, and membership inference beside epsilon."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

__all__ = ["plot"]

Means = Mapping[tuple[Any, ...], float]  # by start, part, clients, partition, privacy and epsilon
BUDGETS: Final = (0.0, 8.0, 3.0, 1.0)
TICKS: Final = ("none", "8", "3", "1")
UNEQUAL: Final = "dirichlet 0.5"
_CLIENTS: Final = {1000: "C0", 100: "C1", 10: "C2"}  # and their colours
_PARTITIONS: Final = ("iid", "dirichlet 0.5", "dirichlet 0.1")
_KINDS: Final = (("none", 0.0, "no privacy"), ("client", 8.0, "client 8"), ("example", 8.0, "example 8"))
_STYLE: Final = {"svg.hashsalt": "emoar", "svg.fonttype": "none", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3}


def plot(accuracies: Means, membership: Means, worst_case: Mapping[float, float], path: Path, published: float) -> None:
    """Draws the three plots side by side into an .svg.

    Args:
        accuracies: in per cent.
        membership: AUC, 0..1.
        worst_case: AUC of a head that memorises, by epsilon; 0 is none.
        path: the file.
        published: accuracy that was published for FER2013 with DP-SGD, in per cent.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(dict(_STYLE)):
        figure = Figure(figsize=(11, 3.6), layout="constrained")
        left, middle, right = figure.subplots(1, 3)
        _budgets(left, accuracies, published)
        _heterogeneity(middle, accuracies)
        _membership(right, membership, worst_case)
        figure.savefig(path, metadata={"Date": None})
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", "utf-8")


def _budgets(axes: Any, accuracies: Means, published: float) -> None:
    for clients, colour in _CLIENTS.items():
        for start, style in (("public", "o-"), ("new", "s:")):
            cells = [(start, "head", clients, UNEQUAL, "client" if epsilon else "none", epsilon) for epsilon in BUDGETS]
            name = f"{clients:,} clients" if start == "public" else None
            _line(axes, [accuracies.get(cell) for cell in cells], style, colour, name)
    axes.axhline(published, color="0.4", linestyle="--", linewidth=1)
    axes.annotate("published, DP-SGD", (0, published + 0.4), color="0.4")
    axes.plot([], [], "s:", color="0.5", label="from an untrained head")
    axes.set(title="Each client hidden, Dirichlet 0.5", xlabel="epsilon", ylabel="accuracy in %")
    axes.set_xticks(range(len(TICKS)), TICKS)
    axes.legend(loc="lower left", fontsize=8)


def _heterogeneity(axes: Any, accuracies: Means) -> None:
    for (privacy, epsilon, name), colour in zip(_KINDS, ("C3", "C4", "C5"), strict=True):
        cells = [("public", "head", 100, partition, privacy, epsilon) for partition in _PARTITIONS]
        _line(axes, [accuracies.get(cell) for cell in cells], "o-", colour, name)
    alone = [accuracies.get(("public", "head", 100, partition, "local-only", 0.0)) for partition in _PARTITIONS]
    _line(axes, alone, "s:", "0.4", "each client alone")
    axes.set(title="100 clients, ever less alike", ylabel="accuracy in %")
    axes.set_xticks(range(len(_PARTITIONS)), ["IID", "Dirichlet 0.5", "Dirichlet 0.1"])
    axes.legend(loc="lower left", fontsize=8)


def _membership(axes: Any, membership: Means, worst_case: Mapping[float, float]) -> None:
    _line(axes, [worst_case.get(epsilon) for epsilon in BUDGETS], "o-", "C3", "a head that memorises")
    for privacy, colour in (("example", "C0"), ("client", "C1")):
        cells = [("public", "head", 100, UNEQUAL, privacy if epsilon else "none", epsilon) for epsilon in BUDGETS]
        _line(axes, [membership.get(cell) for cell in cells], "s-", colour, f"FER2013, {privacy}-level")
    axes.axhline(0.5, color="0.4", linestyle="--", linewidth=1)
    axes.annotate("chance", (2.6, 0.47), color="0.4")
    axes.set(title="Membership inference", xlabel="epsilon", ylabel="AUC", ylim=(0.44, 1.02))
    axes.set_xticks(range(len(TICKS)), TICKS)
    axes.legend(fontsize=8)


def _line(axes: Any, values: list[float | None], style: str, colour: str, name: str | None) -> None:
    """Points that are not computed yet are left out."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if known:
        axes.plot(*zip(*known, strict=True), style, color=colour, label=name, markersize=4)
