"""Reports: figures by matplotlib and self-contained HTML pages by Jinja2, both in the extra `report`."""

from __future__ import annotations

from importlib.util import find_spec

from emoar.errors import DependencyMissing

__all__ = ["require_libraries"]


def require_libraries() -> None:
    """Checks before a long task that the libraries for reports are installed, without importing them.

    Raises:
        DependencyMissing: matplotlib or Jinja2 is not installed.
    """
    if not all(map(find_spec, ("matplotlib", "jinja2"))):
        raise DependencyMissing("reports and charts need matplotlib and Jinja2: pip install 'emoar[report]'")
