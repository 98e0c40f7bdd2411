"""Options of the readers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emoar.errors import InputError
from emoar.labels import CUSTOM, LABEL_SETS

__all__ = ["LABEL_CHOICES", "ReadOptions"]

LABEL_CHOICES: Final = ("auto", *LABEL_SETS, CUSTOM)
LARGEST_SIZE_PX: Final = 1024  # largest side of a crop: 1 MB per grey crop


@dataclass(frozen=True)
class ReadOptions:
    """How data is read.

    Raises:
        InputError: `labels` or `size_px` is out of range.
    """

    votes: Path | None = None  # fer2013new.csv of FER+; None: the one beside fer2013.csv, if any
    skip_bad: bool = False  # skips and reports unreadable items instead of raising an error
    size_px: int | None = None  # side of the images, 8..1024; None keeps the stored size, or 48 where none is stored
    colour: bool | None = None  # RGB instead of grey; None keeps the stored colour, or grey where none is stored
    labels: str = "auto"  # label set of the folder names, one of LABEL_CHOICES; auto detects it from the names

    def __post_init__(self) -> None:
        if self.labels not in LABEL_CHOICES:
            raise InputError(f"labels must be one of {', '.join(LABEL_CHOICES)}, got {self.labels!r}")
        if self.size_px is not None and not 8 <= self.size_px <= LARGEST_SIZE_PX:
            raise InputError(f"size_px must be within 8..{LARGEST_SIZE_PX}, got {self.size_px}")
