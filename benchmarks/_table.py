"""The table that each benchmark prints: the machine, the versions, the figures, and whether each bar is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from emoar.bench.stages import describe_machine, package_versions

__all__ = ["Row", "print_table"]


@dataclass(frozen=True)
class Row:
    """One figure."""

    what: str
    value: float
    unit: str
    at_most: float | None = None  # the bar, in the same unit
    at_least: float | None = None
    note: str = ""
    instead: str = ""  # words in the place of a figure that could not be had

    @property
    def verdict(self) -> str:
        """`kept` or `MISSED`; empty where there is no bar. A figure that is not a number misses its bar."""
        if self.at_most is None and self.at_least is None:
            return ""
        high = self.at_most is None or self.value <= self.at_most
        low = self.at_least is None or self.value >= self.at_least
        return "kept" if high and low else "MISSED"

    @property
    def bar(self) -> str:
        """The bar in words."""
        words = [(self.at_most, "at most"), (self.at_least, "at least")]
        return ", ".join(f"{word} {limit:g}" for limit, word in words if limit is not None)


def print_table(title: str, rows: Sequence[Row], notes: Sequence[str] = ()) -> None:
    """Prints the machine, the figures that it gave (ratios first, by custom), the notes and the versions."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    table = Table(title=title, title_justify="left")
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("bar")
    table.add_column("verdict")
    table.add_column("note")
    for row in rows:
        style = {"kept": "green", "MISSED": "bold red"}.get(row.verdict, "")
        verdict = f"[{style}]{row.verdict}[/]" if style else ""
        table.add_row(row.what, row.instead or f"{row.value:.2f} {row.unit}".strip(), row.bar, verdict, row.note)
    machine = describe_machine()
    where = f"{machine['processor']}, usable cores: {machine['cores']}, {machine['system']}, load {machine['load']}"
    console.print(where, soft_wrap=True, highlight=False)
    console.print(table)
    for note in notes:
        console.print(note, soft_wrap=True, highlight=False)
    versions = ", ".join(f"{name} {number}" for name, number in package_versions().items())
    console.print(versions, soft_wrap=True, highlight=False)
    console.print()
