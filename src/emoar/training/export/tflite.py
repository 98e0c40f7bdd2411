"""The .tflite files: float32, float16 weights, and int8."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from emoar.errors import DependencyMissing
from emoar.models.inputs import ModelInput
from emoar.training.export.calibrated import CalibratedNetwork
from emoar.training.export.quiet import quiet
from emoar.training.faces.inputs import Faces

__all__ = ["STAYS_FLOAT", "quantize", "quantize_weights", "to_float16", "write_tflite"]

# Rules of the quantizer, by operation and by module. Standardisation (which is outside of any submodule), the heads
# and their softmax are cheap and need float precision.
_WHEREVER: Final = ("INPUT", "OUTPUT", "FULLY_CONNECTED", "SOFTMAX")
_OUTSIDE: Final = (r"CalibratedNetwork/[^/]*_network;[^/]*$", "*")


def _float(regex: str, operation: str) -> dict[str, Any]:
    return {"regex": regex, "operation": operation, "algorithm_key": "no_quantize", "op_config": {}}


# The int8 ranges are the 10th percentile of the minima and the 90th percentile of the maxima over faces: wider ranges
# have a coarser step, narrower ranges clip the values of more faces. The default of the quantizer is an average range,
# with which the Kullback-Leibler divergence of emoar-m and emoar-s from float32 is five times higher.
_COVERED_PERCENT: Final = 90.0

STAYS_FLOAT: Final = (_float(*_OUTSIDE), *(_float(r".*", operation) for operation in _WHEREVER))
# Weights are stored as float16 and converted to float32 when the model is loaded: half the size at the same speed.
_HALF: Final = (
    {
        "regex": ".*",
        "operation": "*",
        "algorithm_key": "float_casting",
        "op_config": {
            "weight_tensor_config": {
                "num_bits": 16,
                "symmetric": True,
                "granularity": "TENSORWISE",
                "dtype": "FLOAT",
            },
            "compute_precision": "FLOAT",
            "explicit_dequantize": True,
            "skip_checks": False,
            "min_weight_elements": 0,
        },
    },
)


def write_tflite(net: CalibratedNetwork, path: Path) -> Path:
    """Writes the float32 .tflite of a network with channels last and returns `path`.

    Raises:
        DependencyMissing: `litert-torch` is not installed.
    """
    with quiet():
        try:
            import litert_torch
        except ImportError as exc:
            raise DependencyMissing("export needs litert-torch: pip install 'emoar[train]'") from exc
        model = litert_torch.convert(net.eval(), (net.sample(),))
        path.parent.mkdir(parents=True, exist_ok=True)
        model.export(str(path))
    return path


def to_float16(source: Path, path: Path) -> Path:
    """Writes a .tflite with float16 weights to `path`, from the float32 .tflite `source`.

    Raises:
        DependencyMissing: `ai-edge-quantizer` is not installed.
    """
    with quiet():
        _quantizer(source, _HALF).quantize().export_model(str(path), overwrite=True)
    return path


def quantize(source: Path, faces: Faces, wanted: ModelInput, path: Path) -> Path:
    """Writes the int8 .tflite with static quantization of weights and activations, calibrated on faces.

    Standardisation, heads, softmax, input and output stay float32.

    Args:
        source: the float32 .tflite.
        faces: N faces as returned by `prepare_faces` for `wanted`.
        wanted: the input of the model.
        path: the file to write; returned.

    Raises:
        DependencyMissing: `ai-edge-quantizer` is not installed.
    """
    with quiet():
        from_package = _recipes()
        tool = _quantizer(source, (*from_package.static_wi8_ai8(), *STAYS_FLOAT))
        tool.quantize(_ranges(tool, faces, wanted)).export_model(str(path), overwrite=True)
    return path


def quantize_weights(source: Path, path: Path) -> Path:
    """Writes the int8 .tflite of a mesh model with dynamic quantization: int8 weights, activation ranges per face.

    Coordinates need more precision than 8 bits of a fixed range: pose normalisation, components and softmax stay float.

    Raises:
        DependencyMissing: `ai-edge-quantizer` is not installed.
    """
    with quiet():
        rules = (*_recipes().dynamic_wi8_afp32(), _float(*_OUTSIDE))
        _quantizer(source, rules).quantize().export_model(str(path), overwrite=True)
    return path


def _ranges(tool: Any, faces: Faces, wanted: ModelInput) -> dict[str, Any]:
    """The range of each tensor: percentiles of its minima and maxima over the faces."""
    by_tensor: dict[str, list[dict[str, Any]]] = {}
    for index in range(len(faces)):
        face = wanted.to_batch(faces[index : index + 1], "channels_last")
        for tensor, extremes in tool.calibrate({"serving_default": [{"args_0": face}]}).items():
            by_tensor.setdefault(tensor, []).append(extremes)
    percent = {"min": 100.0 - _COVERED_PERCENT, "max": _COVERED_PERCENT}
    return {
        tensor: {
            end: np.percentile([of[end] for of in seen], at, axis=0).astype(np.float32) for end, at in percent.items()
        }
        for tensor, seen in by_tensor.items()
    }


def _quantizer(source: Path, rules: Sequence[Any]) -> Any:
    _recipes()
    from ai_edge_quantizer import quantizer

    return quantizer.Quantizer(str(source), list(rules))


def _recipes() -> Any:
    try:
        from ai_edge_quantizer import recipe
    except ImportError as exc:
        raise DependencyMissing("float16 and int8 need ai-edge-quantizer: pip install 'emoar[train]'") from exc
    return recipe
