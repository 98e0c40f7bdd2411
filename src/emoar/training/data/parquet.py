"""The one schema in which labelled faces are stored: its columns, and pyarrow, where it is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from emoar.errors import DependencyMissing
from emoar.training.data.face_dataset import VOTE_COLUMNS

__all__ = ["SCHEMA", "VOTE_FIELDS", "pyarrow"]

SCHEMA: Final = "emoar.faces/1"
VOTE_FIELDS: Final = tuple(f"votes_{name}" for name in VOTE_COLUMNS)


def pyarrow() -> tuple[Any, Any]:
    """The modules `pyarrow` and `pyarrow.parquet`.

    Raises:
        DependencyMissing: they are not installed.
    """
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as exc:
        raise DependencyMissing("Parquet needs pyarrow: pip install 'emoar[data]'") from exc
