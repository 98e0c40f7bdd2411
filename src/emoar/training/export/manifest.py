"""The list of shipped models, `manifest.json` beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emoar.errors import OutputError
from emoar.files import atomic_write

__all__ = ["enter_accuracy", "enter_ensemble", "enter_model"]


def enter_model(path: Path, purpose: str | None = None) -> None:
    """Enters a .tflite, by its stem, with its sha256 and size in `manifest.json` in its folder."""
    content = path.read_bytes()
    entry: dict[str, Any] = {
        "file": path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    _enter(path.parent, path.stem, {**entry, **({"purpose": purpose} if purpose else {})})


def enter_ensemble(
    folder: Path,
    name: str,
    members: Mapping[str, float],
    *,
    flip: bool = False,
    temperatures: Mapping[str, float] | None = None,
) -> None:
    """Enters a model that averages others of the same folder.

    Args:
        folder: where `manifest.json` is.
        name: what people give to `--model`.
        members: name of each member -> weight of its probabilities.
        flip: crop members also judge the mirrored crop.
        temperatures: of the average, by label set.

    Raises:
        OutputError: a member is not in the manifest yet, or the file cannot be written.
    """
    known = _read(folder / "manifest.json")
    for member in members:
        if "sha256" not in known.get(member, {}):
            raise OutputError(f"{folder / 'manifest.json'} has no model {member}: enter it before {name}")
    entry: dict[str, Any] = {"members": dict(members), "flip": flip}
    _enter(folder, name, {**entry, **({"temperatures": dict(temperatures)} if temperatures else {})})


def enter_accuracy(folder: Path, name: str, accuracy: Mapping[str, float]) -> None:
    """Enters the top-1 accuracy on `PrivateTest`, by label set, of a model in the manifest; a new file loses it.

    Raises:
        OutputError: the manifest has no such model, or cannot be written.
    """
    known = _read(folder / "manifest.json")
    if name not in known:
        raise OutputError(f"{folder / 'manifest.json'} has no model {name}: enter it first")
    _enter(folder, name, {**known[name], "accuracy": {key: round(value, 4) for key, value in accuracy.items()}})


def _enter(folder: Path, name: str, entry: dict[str, Any]) -> None:
    path = folder / "manifest.json"
    entries = {**_read(path), name: entry}
    atomic_write(path, (json.dumps(entries, indent=1, sort_keys=True) + "\n").encode())


def _read(path: Path) -> dict[str, dict[str, Any]]:
    if not path.exists():
        return {}
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as exc:
        raise OutputError(f"{path} is damaged ({exc}): move it away") from exc
