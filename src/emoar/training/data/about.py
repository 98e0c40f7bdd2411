"""`about.json` in a folder of images: name, licence, size_px and colour of the data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, cast

__all__ = ["ABOUT", "read_about"]

ABOUT: Final = "about.json"


def read_about(folder: Path) -> dict[str, str]:
    """The entries of the folder's `about.json` as text; empty where the file is missing or unreadable."""
    try:
        entries: Any = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(entries, dict):
        return {}
    return {str(key): str(value) for key, value in cast("dict[str, Any]", entries).items()}
