"""Weights of TensorFlow.js, from files small enough to write by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emoar.errors import DataError
from emoar.training.networks.tfjs_weights import read_tfjs_weights

PLAIN = {"name": "bias", "shape": [2], "dtype": "float32"}
QUANTIZED = {
    "name": "kernel",
    "shape": [2, 2],
    "dtype": "float32",
    "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0},
}


def write(folder: Path, groups: list[dict[str, Any]], **files: bytes) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    path = folder / "manifest.json"
    path.write_text(json.dumps(groups))
    return path


def test_plain_and_quantized_weights_of_one_file(tmp_path: Path) -> None:
    content = bytes([0, 1, 2, 3]) + np.float32([1.5, -2]).tobytes()
    path = write(tmp_path, [{"paths": ["shard"], "weights": [QUANTIZED, PLAIN]}], shard=content)
    weights = read_tfjs_weights(path)
    np.testing.assert_array_equal(weights["kernel"], np.float32([[-1, -0.5], [0, 0.5]]))
    np.testing.assert_array_equal(weights["bias"], np.float32([1.5, -2]))
    assert {values.dtype for values in weights.values()} == {np.dtype(np.float32)}


def test_a_weight_that_lies_across_two_files(tmp_path: Path) -> None:
    content = np.float32([1.5, -2]).tobytes()
    groups = [{"paths": ["one", "two"], "weights": [PLAIN]}]
    path = write(tmp_path, groups, one=content[:3], two=content[3:])
    np.testing.assert_array_equal(read_tfjs_weights(path)["bias"], np.float32([1.5, -2]))


def test_files_that_do_not_fit(tmp_path: Path) -> None:
    groups = [{"paths": ["shard"], "weights": [PLAIN]}]
    with pytest.raises(DataError, match=r"shard cannot be read"):
        read_tfjs_weights(write(tmp_path, groups))
    with pytest.raises(DataError, match="cut short"):
        read_tfjs_weights(write(tmp_path, groups, shard=b"123"))
    with pytest.raises(DataError, match="no manifest"):
        read_tfjs_weights(write(tmp_path, [{"weights": []}]))
