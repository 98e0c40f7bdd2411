"""The file of a session: scenes and markers as lines of JSON, in gzip, each of them on its own on the disk.

The process of the server that speaks HTTP writes it, too: it loads no numeric library.
"""

from __future__ import annotations

import json
import os
import threading
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from emoar import __version__
from emoar.errors import OutputError
from emoar.files import output_errors
from emoar.labels import DEFAULT_HEADS
from emoar.session.marker import Marker
from emoar.session.session_lines import GZIP

__all__ = ["END_SCHEMA", "SESSION_SCHEMA", "SessionFile"]

SESSION_SCHEMA: Final = "emoar.recording/1"
END_SCHEMA: Final = "emoar.recording.end/1"


class SessionFile:
    """A new `.emoar` file. Nothing in it is lost when the program is killed: every line is flushed as it is written.

    The first line describes the recording, then come scenes (`emoar.scene/1`, no pictures, no landmarks) and markers
    (`emoar.marker/1`) in the order of their arrival. Scenes and markers may come from different threads.

    Args:
        path: the file; it must not exist.
        source: name of the file or device that is recorded.
        model: name of the expression model.
        label_sets: the labels of each set, in the order of the probabilities.
        purpose: what the recording is for, in the user's words.

    Raises:
        OutputError: the file exists, or cannot be written.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        source: str = "",
        model: str = "",
        label_sets: Mapping[str, Sequence[str]] = DEFAULT_HEADS,
        purpose: str = "",
    ) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._pack = zlib.compressobj(6, zlib.DEFLATED, GZIP)
        self._good_bytes = 0
        self._last_s = 0.0
        self.scene_count = self.marker_count = 0
        if self.path.exists():
            raise OutputError(f"{self.path} exists: name another file, a recording never replaces one")
        with output_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file: int | None = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        began = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        sets = {name: list(labels) for name, labels in label_sets.items()}
        head = {
            "schema": SESSION_SCHEMA,
            "began": began,
            "source": source.encode("utf-8", "replace").decode(),
            "model": model,
        }
        try:
            self._append({**head, "label_sets": sets, "purpose": purpose, "emoar": __version__})
        except OutputError:
            self.close(complete=False)
            self.path.unlink(missing_ok=True)
            raise

    @property
    def size_bytes(self) -> int:
        """Of the file so far."""
        return self._good_bytes

    def write_document(self, scene: Mapping[str, Any]) -> None:
        """Appends the JSON document of a scene.

        Raises:
            OutputError: the session is closed, or the file cannot be written; what was written before stays.
        """
        with self._lock:
            self._append(scene)
            self.scene_count += 1
            self._last_s = float(scene["time_s"])

    def mark(self, marker: Marker) -> None:
        """Appends a marker.

        Raises:
            OutputError: as for `write_document`.
        """
        with self._lock:
            self._append(marker.to_dict())
            self.marker_count += 1

    def close(self, *, complete: bool = True) -> str | None:
        """Writes the last line and closes the file, which stays whatever ended the recording."""
        with self._lock:
            file = self._file
            if file is None:
                return self._kept() if self.path.exists() else None
            try:
                if self._good_bytes:
                    self._append({"schema": END_SCHEMA, "time_s": self._last_s, "complete": complete}, zlib.Z_FINISH)
                    os.fsync(file)
            except (OutputError, OSError):  # a full disk: the file is readable without its end
                pass
            finally:
                if self._file is not None:
                    os.close(file)
                    self._file = None
        return self._kept()

    def _kept(self) -> str:
        markers = f", {self.marker_count} marker{'' if self.marker_count == 1 else 's'}" if self.marker_count else ""
        return f"{self.path} ({self.scene_count} scenes{markers})"

    def _append(self, document: Mapping[str, Any], flush: int = zlib.Z_SYNC_FLUSH) -> None:
        """Writes a line so that everything up to it can be read; a part of a line, on a full disk, is removed."""
        if self._file is None:
            raise OutputError(f"{self.path} is closed")
        line = json.dumps(document, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        packed = self._pack.compress(line) + self._pack.flush(flush)
        try:
            with output_errors(self.path):
                data = packed
                while data:  # one call may write only a part
                    data = data[os.write(self._file, data) :]
        except OutputError:
            os.ftruncate(self._file, self._good_bytes)
            os.close(self._file)  # what follows would not continue what was removed
            self._file = None
            raise
        self._good_bytes += len(packed)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close(complete=kind is None)
