"""A cache of arrays that take long to compute, as .npz files."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.files import PartialFile, output_errors

__all__ = ["cache_key", "load_or_compute", "read_arrays"]

Value = TypeVar("Value")
_DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)  # of NumPy and zipfile


def cache_key(array: NDArray[Any], *settings: object) -> str:
    """Sixteen hexadecimal digits of the SHA-256 of everything that a cached file depends on.

    Args:
        array: hashed by its bytes, without its shape.
        settings: bytes are hashed as they are, other values by their `repr`.
    """
    digest = hashlib.sha256(np.ascontiguousarray(array).data)
    for setting in settings:
        digest.update(setting if isinstance(setting, bytes) else repr(setting).encode())
    return digest.hexdigest()[:16]


def load_or_compute(path: Path | None, kind: Callable[..., Value], compute: Callable[[], Value]) -> Value:
    """Reads the value from a file; where the file is missing or damaged, computes the value and writes the file.

    Args:
        path: an .npz; None disables the cache.
        kind: builds the value from the arrays by name: a dataclass whose fields are arrays, or `dict`.
        compute: computes the value.

    Raises:
        OutputError: the file cannot be written.
    """
    if path is None:
        return compute()
    known = _load(path, kind) if path.exists() else None
    if known is not None:
        return known
    value = compute()
    _save(path, _arrays(value))
    return value


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz by name.

    Raises:
        DataError: the file is missing, damaged, or not an .npz.
    """
    try:
        with path.open("rb") as file, np.load(file) as stored:  # NumPy leaves a damaged file open that it opens itself
            return dict(stored)
    except _DAMAGED as exc:
        cause = next(iter(str(exc).splitlines()), type(exc).__name__)
        raise DataError(f"{path} is not a readable .npz: {cause}") from exc


def _load(path: Path, kind: Callable[..., Value]) -> Value | None:
    try:
        return kind(**read_arrays(path))
    except (ValueError, TypeError):  # damaged, or arrays of other names or shapes
        return None


def _save(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    file = PartialFile(path)
    try:
        with output_errors(path), file.temporary.open("wb") as out:
            np.savez(out, **cast("dict[str, Any]", dict(arrays)))
    except BaseException:
        file.discard()
        raise
    file.commit()


def _arrays(value: Any) -> Mapping[str, NDArray[Any]]:
    if isinstance(value, Mapping):
        return cast("Mapping[str, NDArray[Any]]", value)
    return {field.name: getattr(value, field.name) for field in fields(value)}
