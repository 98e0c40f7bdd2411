"""The Parquet schema of labelled faces: names of its columns, and the import of pyarrow."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from emoar.errors import DependencyMissing
from emoar.labels import CUSTOM, LABEL_SETS, LabelSet

__all__ = ["EMOTION", "SCHEMA", "index_column", "label_columns", "pyarrow", "vote_columns"]

SCHEMA: Final = "emoar.faces/1"
EMOTION: Final = "emotion"  # column of FER2013 with label numbers; other sets have a column of label names


def index_column(label_set: str) -> str:
    """The name of the column of a label set with one label per face."""
    return {"fer2013": EMOTION, CUSTOM: "label"}.get(label_set, f"label_{label_set}")


def vote_columns(label_set: LabelSet) -> tuple[str, ...]:
    """The names of the vote columns of a label set; for compatibility, those of FER+ lack the name of the set."""
    prefix = "votes" if label_set.name == "ferplus" else f"votes_{label_set.name}"
    return tuple(f"{prefix}_{name}" for name in (*label_set.labels, *(label_set.rejections or ())))


def label_columns() -> tuple[str, ...]:
    """The names of all columns that may hold labels."""
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
