"""The folder of a capture session: creates it, writes crops, lists all such folders and deletes them."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, InputError
from emoar.files import output_errors
from emoar.training.data.about import ABOUT, read_about

__all__ = [
    "CONSENT",
    "NAME_PATTERN",
    "collection_folder",
    "collections",
    "create_collection",
    "delete_collection",
    "is_collection",
    "save_crop",
]

SCHEMA: Final = "emoar.collection/1"
CONSENT: Final = """\
This session records your face to train an expression model for you.

- What is kept: small aligned crops of your face ({size} x {size} pixels, {colour}), each with the expression that you
  were asked to show, or that you gave with a key. Whole pictures are never written.
- Where: only in {folder}
  on this machine. Nothing is sent anywhere.
- You may stop at any time with Ctrl-C; the crops recorded until then stay until you delete them.
- Deleting all of it: emoar data collect --delete {name}
- A model that was trained on the crops does not contain them, but has learned from them; delete it too if you want to.
- Only you may be in the picture. Do not record others, and nobody may make you take part: not an employer, not a
  school. An expression that is shown on request is no sign of a feeling.
"""
LICENCE: Final = "personal: recorded with consent, for the person's own use"
NAME_PATTERN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def collection_folder(root: Path, name: str) -> Path:
    """The path of the collection of that name, whether it exists or not.

    Raises:
        InputError: the name has characters other than letters, digits, - and _, or more than 64 of them.
    """
    if not NAME_PATTERN.fullmatch(name):
        raise InputError(f"a collection's name has letters, digits, - and _ only, got {name!r}")
    return root / name


def create_collection(folder: Path, consent: str, *, size_px: int, colour: bool) -> None:
    """Creates the folder of a new collection, which only its owner can access, with an `about.json`.

    Args:
        folder: the path to create; must not exist.
        consent: how the person agreed ("typed yes").
        size_px: side of the crops.
        colour: whether the crops are RGB.

    Raises:
        DataError: the folder exists.
        InputError: `consent` is empty.
        OutputError: the folder cannot be written.
    """
    if not consent:
        raise InputError("no consent, no session")
    if folder.exists():
        raise DataError(f"{folder} exists: take another name, or delete it: emoar data collect --delete {folder.name}")
    about: dict[str, Any] = {
        "schema": SCHEMA,
        "name": folder.name,
        "licence": LICENCE,
        "size_px": size_px,
        "colour": "rgb" if colour else "grey",
        "consent": consent,
        "consent_text": CONSENT,
        "agreed_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with output_errors(folder):
        folder.mkdir(parents=True, mode=0o700)
        (folder / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def save_crop(path: Path, crop: NDArray[np.uint8]) -> None:
    """Writes a (S, S) grey or (S, S, 3) RGB crop as PNG.

    Raises:
        OutputError: it cannot be written.
    """
    bgr: Any = crop if crop.ndim == 2 else cv2.cvtColor(crop, cv2.COLOR_RGB2BGR)
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cv2.imencode(".png", bgr)[1].tobytes())


def collections(root: Path) -> list[Path]:
    """The folders of all collections in `root`, sorted by name."""
    return sorted(path for path in root.glob("*") if is_collection(path)) if root.is_dir() else []


def delete_collection(root: Path, name: str) -> int:
    """Deletes the collection and everything in it; returns the number of deleted files.

    Raises:
        InputError: the name has characters other than letters, digits, - and _.
        DataError: the folder is missing or not a collection; other folders are never deleted.
        OutputError: the folder cannot be deleted.
    """
    folder = collection_folder(root, name)
    if not is_collection(folder):
        have = ", ".join(path.name for path in collections(root)) or "none"
        raise DataError(f"no collection {name} in {root}: there are {have}")
    count = sum(path.is_file() for path in folder.rglob("*"))
    with output_errors(folder):
        shutil.rmtree(folder)
    return count


def is_collection(folder: Path) -> bool:
    """Whether a folder is a collection, and no link to one."""
    return folder.is_dir() and not folder.is_symlink() and read_about(folder).get("schema") == SCHEMA
