"""The table of formats, and the function that writes a recording in one of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from emoar.analysis.recording import Recording
from emoar.errors import InputError
from emoar.exports.base import ExportFormat, ExportOptions
from emoar.exports.bids import write_bids
from emoar.exports.elan import write_elan
from emoar.exports.facereader import write_facereader
from emoar.exports.openface import write_openface
from emoar.exports.pyfeat import write_pyfeat
from emoar.exports.tables import write_csv, write_parquet, write_wide
from emoar.exports.textgrid import write_textgrid
from emoar.exports.webvtt import write_webvtt

__all__ = ["FORMATS", "export_recording", "format_named"]

FORMATS: Final[Mapping[str, ExportFormat]] = MappingProxyType(
    {
        "csv": ExportFormat(write_csv, ".csv", "a tidy table, one row for each face in each frame"),
        "wide": ExportFormat(write_wide, ".csv", "a table with one row for each frame, columns for each face"),
        "parquet": ExportFormat(write_parquet, ".parquet", "the tidy table with types"),
        "bids": ExportFormat(write_bids, "", "a BIDS data set: events.tsv and physio signals"),
        "elan": ExportFormat(write_elan, ".eaf", "annotations for ELAN, a tier for each face"),
        "textgrid": ExportFormat(write_textgrid, ".TextGrid", "intervals for Praat, a tier for each face"),
        "webvtt": ExportFormat(write_webvtt, ".vtt", "subtitles for players"),
        "openface": ExportFormat(write_openface, ".csv", "the columns of OpenFace 2", landmarks=True),
        "pyfeat": ExportFormat(write_pyfeat, ".csv", "the columns of py-feat", landmarks=True),
        "facereader": ExportFormat(write_facereader, ".txt", "FaceReader's detailed log, a file for each face"),
    }
)


def format_named(name: str) -> ExportFormat:
    """The format of a name.

    Raises:
        InputError: there is none.
    """
    if name not in FORMATS:
        raise InputError(f"--as must be one of {', '.join(FORMATS)}, got {name!r}")
    return FORMATS[name]


def export_recording(
    recording: Recording, name: str, path: str | Path, options: ExportOptions | None = None
) -> list[Path]:
    """Writes a recording in a format and returns the files.

    Args:
        recording: from `emoar.analysis.read_recording`.
        name: one of `FORMATS`.
        path: the file, or for `bids` the folder.
        options: what some formats need besides.

    Raises:
        InputError: there is no such format, or the recording has not what it needs.
        DependencyMissing: Parquet, and pyarrow is not installed.
        OutputError: a file cannot be written.
    """
    return format_named(name).write(recording, Path(path), options or ExportOptions())
