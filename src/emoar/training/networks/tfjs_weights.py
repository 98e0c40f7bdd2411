"""Reading of TensorFlow.js weights: a manifest with names and shapes, and binary files with the values."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError

__all__ = ["read_tfjs_weights"]


def read_tfjs_weights(manifest: Path) -> dict[str, NDArray[np.float32]]:
    """The weights of a manifest by name, in TensorFlow's layout; quantized weights are dequantized.

    Raises:
        DataError: the manifest or its binary files cannot be read or do not fit together.
    """
    try:
        groups: list[dict[str, Any]] = json.loads(Path(manifest).read_text())
        return {name: values for group in groups for name, values in _group(group, Path(manifest).parent).items()}
    except OSError as exc:
        raise DataError(f"weights in {exc.filename} cannot be read: {exc.strerror}") from exc
    except (ValueError, KeyError, TypeError) as exc:  # not JSON, not a manifest, or truncated values
        raise DataError(f"{manifest} is no manifest of TensorFlow.js weights, or its numbers are cut short") from exc


def _group(group: dict[str, Any], folder: Path) -> dict[str, NDArray[np.float32]]:
    data = b"".join((folder / name).read_bytes() for name in group["paths"])
    listed: list[dict[str, Any]] = group["weights"]
    weights: dict[str, NDArray[np.float32]] = {}
    place = 0
    for weight in listed:
        quantization: dict[str, Any] = weight.get("quantization", {})
        kind = np.dtype(str(quantization.get("dtype", weight["dtype"])))
        count = prod(weight["shape"])
        raw = np.frombuffer(data, kind, count, place).reshape(weight["shape"])
        place += count * kind.itemsize
        scale, lowest = quantization.get("scale", 1.0), quantization.get("min", 0.0)
        weights[weight["name"]] = (raw * scale + lowest).astype(np.float32)
    return weights
