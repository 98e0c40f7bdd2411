"""What an export format is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emoar.analysis.recording import Recording
from emoar.errors import InputError

__all__ = ["ExportFormat", "ExportOptions"]


@dataclass(frozen=True)
class ExportOptions:
    """What some of the formats need to know besides the recording.

    Raises:
        InputError: `subject` or `task` have other characters than letters and digits, or the rate is not positive.
    """

    media: str = ""  # name of the video, for programs that play it; empty: the recording's source
    subject: str = "01"  # BIDS: letters and digits
    task: str = "recording"  # BIDS: letters and digits
    rate_hz: float | None = None  # BIDS: samples a second; None: that of the recording

    def __post_init__(self) -> None:
        for name, value in (("subject", self.subject), ("task", self.task)):
            if not re.fullmatch("[0-9A-Za-z]+", value):
                raise InputError(f"the {name} of a BIDS data set has letters and digits only, got {value!r}")
        if self.rate_hz is not None and not self.rate_hz > 0:
            raise InputError(f"rate_hz must be positive, got {self.rate_hz}")


@dataclass(frozen=True)
class ExportFormat:
    """One format: a function that writes a recording, and what the command line tells about it."""

    write: Callable[[Recording, Path, ExportOptions], list[Path]]  # returns the files that it wrote
    suffix: str  # of the file; empty: the format is a folder
    summary: str
    landmarks: bool = False  # whether it has columns for landmarks, if the recording has any
