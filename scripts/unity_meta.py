"""Writes the .meta files of the Unity package: without them, Unity ignores the files of a package from a repository.

A file keeps the GUID that it has; a new one gets one of its path, so that this script gives the same result everywhere.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "integrations" / "unity"


def assets() -> list[Path]:
    """The files and folders that need a .meta file: all but those that Unity hides, whose names end with ~."""
    found = (path for path in sorted(PACKAGE.rglob("*")) if path.suffix != ".meta")
    return [path for path in found if not any(part.endswith("~") for part in path.relative_to(PACKAGE).parts)]


def content(path: Path) -> str:
    """The .meta file of an asset without settings."""
    name = path.relative_to(PACKAGE).as_posix()
    guid = hashlib.sha256(f"emoar/{name}".encode()).hexdigest()[:32]
    folder = "folderAsset: yes\n" if path.is_dir() else ""
    return f"fileFormatVersion: 2\nguid: {guid}\n{folder}"


def main() -> int:
    """Writes what is missing and removes what has no asset; 1 if there was anything to do."""
    wanted = {path.with_name(f"{path.name}.meta"): path for path in assets()}
    missing = [meta for meta in wanted if not meta.exists()]
    left = [meta for meta in PACKAGE.rglob("*.meta") if meta not in wanted]
    for meta in missing:
        meta.write_text(content(wanted[meta]))
    for meta in left:
        meta.unlink()
    print(f"{len(missing)} written, {len(left)} removed")
    return int(bool(missing or left))


if __name__ == "__main__":
    sys.exit(main())
