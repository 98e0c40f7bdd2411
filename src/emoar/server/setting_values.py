"""Values of settings out of text (the environment) or TOML."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

__all__ = ["read_value"]

_WORDS: Final = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


def read_value(kind: Any, raw: Any) -> Any:
    """`raw` as a value of the type of a field.

    Raises:
        ValueError: it is none; the message says what was wanted.
    """
    if kind is bool:
        return _flag(raw)
    if kind is int:
        return _whole(raw)
    if kind is float:
        return _real(raw)
    if not isinstance(raw, str):
        raise ValueError("text")
    if kind is str:
        return raw
    return Path(raw).expanduser() if raw else None


def _flag(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip().lower() in _WORDS:
        return _WORDS[raw.strip().lower()]
    raise ValueError("true or false")


def _whole(raw: Any) -> int:
    try:
        if isinstance(raw, str):
            return int(raw.replace("_", ""))
        if isinstance(raw, int) and not isinstance(raw, bool):
            return raw
    except ValueError:
        pass
    raise ValueError("a whole number")


def _real(raw: Any) -> float:
    try:
        if isinstance(raw, str | int | float) and not isinstance(raw, bool):
            return float(raw)
    except ValueError:
        pass
    raise ValueError("a number")
