"""Checks of array arguments, with messages that give the name, the expected and the actual shape and type."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError

__all__ = ["black_picture", "check_array"]


def check_array(name: str, value: Any, shape: tuple[int | None, ...], dtype: Any) -> None:
    """Compares shape and type of an array; `None` in `shape` matches any length.

    Raises:
        InputError: the value is not an array, or has another shape or type.
    """
    if isinstance(value, np.ndarray):
        array = cast("NDArray[Any]", value)
        fits = array.ndim == len(shape) and all(n in (None, m) for n, m in zip(shape, array.shape, strict=True))
        if fits and array.dtype == dtype:
            return
        got = f"{array.shape} {array.dtype}"
    else:
        got = type(value).__name__
    wanted = f"({', '.join('any' if n is None else str(n) for n in shape)}{',' if len(shape) == 1 else ''})"
    raise InputError(f"{name} must be {wanted} {np.dtype(dtype).name}, got {got}")


def black_picture(width_px: int, height_px: int) -> NDArray[np.uint8]:
    """A black picture, (H, W, 3), that takes no memory and cannot be written to."""
    return np.broadcast_to(np.uint8(0), (height_px, width_px, 3))
