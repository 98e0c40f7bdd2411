"""API keys. A key is shown once; the file stores only its SHA-256.

A key has 256 random bits and cannot be guessed, so a plain hash is as safe as a slow one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from emoar.errors import InputError
from emoar.files import atomic_write

__all__ = ["Key", "KeyFile"]

_CHECK_EVERY_S: Final = 1.0  # interval between checks of the file: a revoked key is refused without a restart


@dataclass(frozen=True)
class Key:
    """One key as the file stores it."""

    id: str  # the public part of the key
    name: str  # of its owner
    sha256: str  # hexadecimal, of the complete text of the key
    created: str  # UTC, ISO 8601


class KeyFile:
    """The keys in a JSON file with mode 0600."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._checked_s = float("-inf")
        self._state: tuple[int, int] | None = None
        self._keys: dict[str, Key] = {}

    def list(self) -> list[Key]:
        """All keys, the oldest first; empty when there is no file.

        Raises:
            InputError: the file cannot be read or is damaged.
        """
        if not self._path.exists():
            return []
        try:
            document: Any = json.loads(self._path.read_text("utf-8"))
            return [Key(**entry) for entry in document["keys"]]
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise InputError(f"{self._path} is not a file of keys ({type(exc).__name__}): repair or remove it") from exc

    def create(self, name: str) -> tuple[Key, str]:
        """Adds a key. Returns it and its secret text, which is not stored.

        Raises:
            InputError: the file cannot be read or is damaged.
            OutputError: the file cannot be written.
        """
        text = f"emoar_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
        key = Key(text.split("_")[1], name, _hash(text), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
        self._write([*self.list(), key])
        return key, text

    def revoke(self, name: str) -> Key:
        """Removes the key with this id or name, and returns it.

        Raises:
            InputError: no key or several keys have it, or the file is damaged.
            OutputError: the file cannot be written.
        """
        keys = self.list()
        found = [key for key in keys if name in (key.id, key.name)]
        if len(found) != 1:
            what = "no key has" if not found else f"{len(found)} keys have"
            raise InputError(f"{what} the name or id {name!r}; emoar keys list shows them: give the id")
        self._write([key for key in keys if key != found[0]])
        return found[0]

    def find(self, text: str) -> Key | None:
        """The key with this text; None when there is none.

        Raises:
            InputError: the file has changed and is damaged.
        """
        self._refresh()
        parts = text.split("_", 2)
        key = self._keys.get(parts[1]) if len(parts) == 3 else None
        return key if key is not None and hmac.compare_digest(key.sha256, _hash(text)) else None

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._checked_s < _CHECK_EVERY_S:
            return
        self._checked_s = now
        try:
            stat = self._path.stat()
            state = stat.st_mtime_ns, stat.st_size
        except OSError:
            state = None
        if state != self._state:
            self._state, self._keys = state, {key.id: key for key in self.list()}

    def _write(self, keys: list[Key]) -> None:
        text = json.dumps({"keys": [asdict(key) for key in keys]}, indent=2)
        atomic_write(self._path, f"{text}\n".encode(), mode=0o600)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
