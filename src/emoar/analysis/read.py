"""Reads a recording from a file of any format that EmoAR writes; the file's content tells which."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import IO, Final

from emoar.analysis.read_browser import is_browser_session, read_browser
from emoar.analysis.read_lines import read_lines, read_session
from emoar.analysis.read_parquet import read_parquet
from emoar.analysis.recording import Recording
from emoar.errors import InputError

__all__ = ["FORMATS", "read_recording"]

FORMATS: Final = "scenes (.jsonl, .parquet), a session (.emoar), or the browser's session (.json)"
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_CHUNK: Final = 1 << 16


def read_recording(path: str | Path, *, landmarks: bool = False) -> Recording:
    """The recording in a file of scenes (JSON Lines or Parquet), an `.emoar` session or the browser's session export.

    Args:
        path: the file.
        landmarks: whether to read the 468 landmarks, too, which are in JSON Lines written with `--landmarks`.

    Raises:
        InputError: there is no such file, it cannot be read, is empty, or is none of these.
        DependencyMissing: it is Parquet, and pyarrow is not installed.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            head = file.read(_CHUNK)
            file.seek(0)
            if not head:
                raise InputError(f"{path} is empty")
            if head.startswith(_PARQUET):
                return read_parquet(path)
            if head.startswith(_GZIP):
                return read_session(_chunks(file), path)
            if is_browser_session(head):
                return read_browser(file.read(), path)
            if not head.lstrip().startswith(b"{"):
                raise InputError(f"{path} is no recording: give {FORMATS}")
            return read_lines(_chunks(file), path, landmarks=landmarks)
    except IsADirectoryError as exc:
        raise InputError(f"{path} is a folder: give {FORMATS}") from exc
    except FileNotFoundError as exc:
        raise InputError(f"there is no file {path}") from exc
    except OSError as exc:
        raise InputError(f"cannot read {path}: {exc.strerror or exc}") from exc


def _chunks(file: IO[bytes]) -> Generator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
