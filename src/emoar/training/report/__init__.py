"""Reports: figures by matplotlib and HTML pages by Jinja2, both in the extra `report`."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from emoar.errors import DependencyMissing, InputError

__all__ = ["PLOT_KINDS", "check_plot", "require_libraries"]

PLOT_KINDS: Final = (".svg", ".png", ".html")


def require_libraries() -> None:
    """Checks before a long task that the libraries for reports are installed, without importing them.

    Raises:
        DependencyMissing: matplotlib or Jinja2 is not installed.
    """
    if not all(map(find_spec, ("matplotlib", "jinja2"))):
        raise DependencyMissing("reports and charts need matplotlib and Jinja2: pip install 'emoar[report]'")


def check_plot(path: Path) -> None:
    """Checks before a long task that a plot can be written to a file of this name.

    Raises:
        InputError: the suffix is not one of `PLOT_KINDS`.
        DependencyMissing: matplotlib or Jinja2 is not installed.
    """
    if path.suffix.lower() not in PLOT_KINDS:
        raise InputError(f"--plot takes a file that ends in {', '.join(PLOT_KINDS)}, got {path.name}")
    require_libraries()
