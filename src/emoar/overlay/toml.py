"""TOML entries read with a message that names the file, the entry, what was expected and what came."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from emoar.errors import InputError

__all__ = ["Entry", "read_entries", "read_table"]


def read_table(path: Path) -> dict[str, Any]:
    """The whole of a TOML file.

    Raises:
        InputError: it cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not TOML in UTF-8: {error}") from error


def read_entries(table: dict[str, Any], key: str, where: Path | str) -> list[Entry]:
    """The tables of a list `[[key]]`."""
    value = table.get(key)
    items = cast("list[Any]", value) if isinstance(value, list) else []
    if not items or not all(isinstance(item, dict) for item in items):
        raise InputError(f"{where}: {key} must be a list of tables with at least one, got {value!r}")
    return [Entry(item, f"{where}: {key} number {index}") for index, item in enumerate(items, 1)]


@dataclass(frozen=True)
class Entry:
    """One table, and the words that say where it stands."""

    table: dict[str, Any]
    where: str

    def only(self, *keys: str) -> None:
        """Raises `InputError` for a key that has no meaning here: mostly a slip of the pen."""
        for key in self.table:
            if key not in keys:
                raise InputError(f"{self.where}: {key!r} is not known; known are {', '.join(keys)}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text; it must be there and not be empty, unless there is a default."""
        value = self.table.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self._wrong(key, "a text that is not empty")
        return value

    def number(self, key: str, default: float | None, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self.table.get(key, default)
        good = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        if not good:
            raise self._wrong(key, f"a number from {low:g} to {high:g}")
        return float(cast("float", value))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when the key is not there."""
        value = self.table.get(key, [])
        items = cast("list[Any]", value) if isinstance(value, list) else []
        if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in items):
            raise self._wrong(key, 'a list of texts, such as ["one", "two"]')
        return tuple(items)

    def whole(self, key: str) -> int | None:
        """A whole number, or None where it is left out."""
        value = self.table.get(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self._wrong(key, "a whole number")
        return value

    def flag(self, key: str) -> bool:
        """True or false; false where it is left out."""
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def triple(self, key: str) -> tuple[float, float, float]:
        """Three finite numbers; zeros where they are left out."""
        value = self.table.get(key, [0, 0, 0])
        items = cast("list[Any]", value) if isinstance(value, list) else []
        if len(items) != 3 or not all(isinstance(n, int | float) and math.isfinite(n) for n in items):
            raise self._wrong(key, "three numbers")
        x, y, z = map(float, items)
        return x, y, z

    def entries(self, key: str) -> list[Entry]:
        """A list of tables inside this one."""
        return read_entries(self.table, key, self.where)

    def _wrong(self, key: str, wanted: str) -> InputError:
        got = repr(self.table[key]) if key in self.table else "nothing"
        return InputError(f"{self.where}: {key} must be {wanted}, got {got}")
