"""What an export format is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emoar.analysis.recording import Recording

__all__ = ["ExportFormat", "ExportOptions"]


@dataclass(frozen=True)
class ExportOptions:
    """What some of the formats need to know besides the recording."""

    media: str = ""  # name of the video, for programs that play it; empty: the recording's source
    subject: str = "01"  # BIDS: letters and digits
    task: str = "recording"  # BIDS: letters and digits
    rate_hz: float | None = None  # BIDS: samples a second; None: that of the recording


@dataclass(frozen=True)
class ExportFormat:
    """One format: a function that writes a recording, and what the command line tells about it."""

    write: Callable[[Recording, Path, ExportOptions], list[Path]]  # returns the files that it wrote
    suffix: str  # of the file; empty: the format is a folder
    summary: str
    landmarks: bool = False  # whether it has columns for landmarks, if the recording has any
