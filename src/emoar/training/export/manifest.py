"""The manifest of shipped models, `manifest.json` in their folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emoar.errors import OutputError
from emoar.files import atomic_write

__all__ = ["enter_decision", "enter_model", "enter_new_content"]


def enter_model(path: Path, purpose: str | None = None) -> None:
    """Adds or replaces the entry of a .tflite in `manifest.json` in the same folder.

    Args:
        path: the .tflite; its stem is the key of the entry, which has file name, SHA-256 and size in bytes.
        purpose: description of the model for people; None leaves it out.

    Raises:
        OutputError: the manifest is damaged or cannot be written.
    """
    content = path.read_bytes()
    entry: dict[str, Any] = {
        "file": path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    _enter(path.parent, path.stem, {**entry, **({"purpose": purpose} if purpose else {})})


def enter_decision(manifest: Path, name: str, rules: Mapping[str, Any]) -> None:
    """Gives a model of a `manifest.json` the rules of its label, as `models.decision` writes them.

    Raises:
        OutputError: the manifest has no such model, is damaged, or cannot be written.
    """
    entries = _read(manifest)
    if name not in entries:
        raise OutputError(f"{manifest} has no model {name}: it has {', '.join(entries) or 'none'}")
    _write(manifest, {**entries, name: {**entries[name], "decision": dict(rules)}})


def enter_new_content(path: Path) -> None:
    """Renews the hash and the size of a .tflite whose description changed, if the `manifest.json` beside it has it.

    Raises:
        OutputError: the manifest is damaged or cannot be written.
    """
    manifest = path.with_name("manifest.json")
    entries, content = _read(manifest), path.read_bytes()
    now = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    changed = {name: {**entry, **now} for name, entry in entries.items() if entry.get("file") == path.name}
    if changed:
        _write(manifest, {**entries, **changed})


def _enter(folder: Path, name: str, entry: dict[str, Any]) -> None:
    path = folder / "manifest.json"
    _write(path, {**_read(path), name: entry})


def _write(path: Path, entries: Mapping[str, Any]) -> None:
    atomic_write(path, (json.dumps(entries, indent=1, sort_keys=True) + "\n").encode())


def _read(path: Path) -> dict[str, dict[str, Any]]:
    if not path.exists():
        return {}
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as exc:
        raise OutputError(f"{path} is damaged ({exc}): move it away") from exc
