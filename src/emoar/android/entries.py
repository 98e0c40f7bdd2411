"""What an Android package contains, and the ZIP file of it, which has the same bytes for the same content."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

__all__ = ["LEFT_OUT", "web_entries", "write_zip"]

LEFT_OUT: Final = (
    "*.br",
    "*.gz",
    "overlay.html",  # a page of `emoar serve`
    "registerSW.js",
    "sw.js",
    "workbox-*.js",
    "wasm/*_threaded_*",  # a web view has no threads
)
"""Patterns of the browser app's files that the shell does not need; `web/src/shell.ts` does without them."""

_FOLDER: Final = "assets/web"
_STORED: Final = (
    ".arsc",
    ".png",
    ".jpg",
    ".webp",
    ".mp4",
)  # Android wants the first as it is; the others are compressed
_LEVEL: Final = 9
_DATE: Final = (1981, 1, 1, 1, 1, 2)  # of every entry, so that the time of packing changes nothing
_BOUNDARY: Final = 4  # bytes; Android maps stored entries into memory
_ALIGNMENT: Final = 0xD935  # kind of the extra field that Android's own tools use for it
_LOCAL_HEADER: Final = 30  # bytes before an entry's name


def web_entries(folder: Path) -> dict[str, bytes]:
    """The files of a built browser app by their names in the package; a compressed form replaces a missing one."""
    entries: dict[str, bytes] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        plain = path.with_suffix("") if path.suffix == ".gz" else path
        name = plain.relative_to(folder).as_posix()
        if any(fnmatch(name, pattern) for pattern in LEFT_OUT) or (plain != path and plain.exists()):
            continue
        content = path.read_bytes()
        entries[f"{_FOLDER}/{name}"] = content if plain == path else gzip.decompress(content)
    return entries


def write_zip(entries: Mapping[str, bytes]) -> bytes:
    """A ZIP file with the entries in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = 0
            if name.endswith(_STORED):
                info.extra = _alignment(buffer.tell() + _LOCAL_HEADER + len(name.encode()))
            else:
                info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=_LEVEL)
    return buffer.getvalue()


def _alignment(position: int) -> bytes:
    """An extra field at `position`, after which the content begins on a boundary."""
    head = 6
    padding = -(position + head) % _BOUNDARY
    return struct.pack("<HHH", _ALIGNMENT, 2 + padding, _BOUNDARY) + bytes(padding)
