"""Reports of training: charts and HTML pages, with the extra `report`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from emoar.errors import InputError
from emoar.report import require_libraries

__all__ = ["PLOT_KINDS", "check_plot"]

PLOT_KINDS: Final = (".svg", ".png", ".html")


def check_plot(path: Path) -> None:
    """Checks before a long task that a plot can be written to a file of this name.

    Raises:
        InputError: the suffix is not one of `PLOT_KINDS`.
        DependencyMissing: matplotlib or Jinja2 is not installed.
    """
    if path.suffix.lower() not in PLOT_KINDS:
        raise InputError(f"--plot takes a file that ends in {', '.join(PLOT_KINDS)}, got {path.name}")
    require_libraries()
