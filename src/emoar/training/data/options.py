"""What a reader is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emoar.errors import InputError

__all__ = ["LABEL_CHOICES", "ReadOptions"]

LABEL_CHOICES: Final = ("auto", "fer2013", "ferplus", "custom")
LARGEST_SIZE_PX: Final = 1024  # of a crop: 1 MB each, and no network here wants more


@dataclass(frozen=True)
class ReadOptions:
    """How data is read."""

    votes: Path | None = None  # FER+'s fer2013new.csv; None takes the one beside fer2013.csv, if any
    skip_bad: bool = False  # leave out what cannot be read, and say so, instead of refusing the data
    size_px: int | None = None  # side of the images; None keeps a Parquet file's own, 48 for folders
    colour: bool | None = None  # RGB instead of grey; None keeps a Parquet file's own, grey for folders
    labels: str = "auto"  # what folder names are: fer2013, ferplus, custom classes, or auto, by the names

    def __post_init__(self) -> None:
        if self.labels not in LABEL_CHOICES:
            raise InputError(f"labels must be one of {', '.join(LABEL_CHOICES)}, got {self.labels!r}")
        if self.size_px is not None and not 8 <= self.size_px <= LARGEST_SIZE_PX:
            raise InputError(f"size_px must be within 8..{LARGEST_SIZE_PX}, got {self.size_px}")
