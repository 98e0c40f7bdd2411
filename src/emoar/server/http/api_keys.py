"""API keys. A key is shown once; the file stores only its SHA-256.

A key has 256 random bits and cannot be guessed, so a plain hash is as safe as a slow one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec

from emoar.errors import InputError
from emoar.files import atomic_write, output_errors

__all__ = ["Key", "KeyFile"]

_LOG: Final = logging.getLogger("emoar.server")
_CHECK_EVERY_S: Final = 1.0  # interval between checks of the file: a revoked key is refused without a restart


@dataclass(frozen=True)
class Key:
    """One key as the file stores it."""

    id: str  # the public part of the key
    name: str  # of its owner
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]  # of the complete text of the key
    created: str  # UTC, ISO 8601


class _Document(msgspec.Struct):
    keys: list[Key]


class KeyFile:
    """The keys in a JSON file with mode 0600."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._checked_s = float("-inf")
        self._state: tuple[int, ...] | None = None
        self._keys: dict[str, Key] = {}
        self._fault = ""  # why the file cannot be used

    def list(self) -> list[Key]:
        """All keys, the oldest first; empty when there is no file.

        Raises:
            InputError: the file cannot be read or is damaged.
        """
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Document).keys
        except FileNotFoundError:
            return []
        except OSError as exc:
            raise InputError(f"cannot read the API keys in {self._path} ({exc.strerror}): allow or repair it") from exc
        except ValueError as exc:  # msgspec's errors, too
            raise InputError(f"{self._path} is not a file of keys ({exc}): repair or remove it") from exc

    def create(self, name: str) -> tuple[Key, str]:
        """Adds a key. Returns it and its secret text, which is not stored.

        Raises:
            InputError: the file cannot be read or is damaged.
            OutputError: the file cannot be written.
        """
        text = f"emoar_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"
        key = Key(text.split("_")[1], name, _hash(text), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
        with self._locked():
            self._write([*self.list(), key])
        return key, text

    def revoke(self, name: str) -> Key:
        """Removes the key with this id or name, and returns it.

        Raises:
            InputError: no key or several keys have it, or the file is damaged.
            OutputError: the file cannot be written.
        """
        with self._locked():
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
            InputError: the file cannot be read or is damaged.
        """
        self._refresh()
        parts = text.split("_", 2)
        key = self._keys.get(parts[1]) if len(parts) == 3 else None
        return key if key is not None and hmac.compare_digest(key.sha256, _hash(text)) else None

    def has(self, key: Key) -> bool:
        """Whether the key has not been revoked.

        Raises:
            InputError: as for `find`.
        """
        self._refresh()
        return self._keys.get(key.id) == key

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._checked_s >= _CHECK_EVERY_S:
            self._checked_s = now
            try:
                stat = self._path.stat()
                state = stat.st_ino, stat.st_mtime_ns, stat.st_size, stat.st_mode
            except OSError as exc:
                state = (exc.errno or 0,)
            if state != self._state:
                self._state = state
                self._read()
        if self._fault:
            raise InputError(self._fault)

    def _read(self) -> None:
        self._keys, self._fault = {}, ""  # with a damaged file, nobody gets in: whom it revokes is not known
        try:
            self._keys = {key.id: key for key in self.list()}
        except InputError as exc:
            self._fault = str(exc)
            _LOG.error("%s", exc)

    @contextmanager
    def _locked(self) -> Generator[None]:
        """Keeps other processes from changing the file; else the later one would undo the change of the earlier one."""
        import fcntl

        path = self._path.with_name(f".{self._path.name}.lock")
        with output_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write(self, keys: list[Key]) -> None:
        text = json.dumps({"keys": [asdict(key) for key in keys]}, indent=2)
        atomic_write(self._path, f"{text}\n".encode(), mode=0o600)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
