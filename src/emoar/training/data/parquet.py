"""The one schema in which labelled faces are stored: its columns, and pyarrow, where it is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from emoar.errors import DependencyMissing
from emoar.labels import CUSTOM, LABEL_SETS, LabelSet

__all__ = ["EMOTION", "SCHEMA", "index_column", "label_columns", "pyarrow", "vote_columns"]

SCHEMA: Final = "emoar.faces/1"
EMOTION: Final = "emotion"  # FER2013's own column of numbers; other sets have a column of label texts


def index_column(label_set: str) -> str:
    """The column of a label set with one label a face."""
    return {"fer2013": EMOTION, CUSTOM: "label"}.get(label_set, f"label_{label_set}")


def vote_columns(label_set: LabelSet) -> tuple[str, ...]:
    """The columns of a label set with votes; FER+'s are older than other sets and have no name in them."""
    prefix = "votes" if label_set.name == "ferplus" else f"votes_{label_set.name}"
    return tuple(f"{prefix}_{name}" for name in (*label_set.labels, *(label_set.rejections or ())))


def label_columns() -> tuple[str, ...]:
    """Every column that may hold labels."""
    index = [index_column(name) for name, known in LABEL_SETS.items() if known.rejections is None]
    votes = [column for known in LABEL_SETS.values() if known.rejections is not None for column in vote_columns(known)]
    return (*index, index_column(CUSTOM), *votes)


def pyarrow() -> tuple[Any, Any]:
    """The modules `pyarrow` and `pyarrow.parquet`.

    Raises:
        DependencyMissing: they are not installed.
    """
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as exc:
        raise DependencyMissing("Parquet needs pyarrow: pip install 'emoar[data]'") from exc
