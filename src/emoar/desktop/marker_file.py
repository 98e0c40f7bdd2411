"""Markers in a CSV file: the moments at which a person pressed the key."""

from __future__ import annotations

from pathlib import Path

from emoar.files import output_errors

__all__ = ["MarkerFile"]


class MarkerFile:
    """Columns `time_s` and `name`. Each marker is on the disk when `add` returns.

    Raises:
        OutputError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._count = path, 0
        with output_errors(path):
            self._file = path.open("w", encoding="utf-8", newline="")
            self._write("time_s,name")

    def add(self, time_s: float) -> None:
        """Adds a marker at a time of the source, in seconds.

        Raises:
            OutputError: it cannot be written.
        """
        self._count += 1
        with output_errors(self._path):
            self._write(f"{time_s:.4f},marker {self._count}")

    def close(self) -> str:
        """Closes the file; returns its name and number of markers."""
        self._file.close()
        return f"{self._path} ({self._count} marker{'' if self._count == 1 else 's'})"

    def _write(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()
