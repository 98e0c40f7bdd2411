"""Options of the readers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emoar.errors import InputError
from emoar.labels import CUSTOM, LABEL_SETS

__all__ = ["LABEL_CHOICES", "ReadOptions"]

LABEL_CHOICES: Final = ("auto", *LABEL_SETS, CUSTOM)
LARGEST_SIZE_PX: Final = 1024  # of a crop: 1 MB each


@dataclass(frozen=True)
class ReadOptions:
    """How data is read."""

    votes: Path | None = None  # FER+'s fer2013new.csv; None: the one beside fer2013.csv, if any
    skip_bad: bool = False  # leave out and report what cannot be read, instead of refusing the data
    size_px: int | None = None  # side of the images; None keeps a Parquet file's own, 48 for folders
    colour: bool | None = None  # RGB instead of grey; None keeps a Parquet file's own, grey for folders
    labels: str = "auto"  # label set of the folder names: one of LABEL_CHOICES; auto: by the names

    def __post_init__(self) -> None:
        if self.labels not in LABEL_CHOICES:
            raise InputError(f"labels must be one of {', '.join(LABEL_CHOICES)}, got {self.labels!r}")
        if self.size_px is not None and not 8 <= self.size_px <= LARGEST_SIZE_PX:
            raise InputError(f"size_px must be within 8..{LARGEST_SIZE_PX}, got {self.size_px}")
