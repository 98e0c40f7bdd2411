"""The .tflite files: float32, weights as float16, and int8."""

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

# The quantizer's rules, by operation and by the module of an operation: standardising (which the network does outside
# of any submodule), the heads and their softmax are cheap and need float precision.
_WHEREVER: Final = ("INPUT", "OUTPUT", "FULLY_CONNECTED", "SOFTMAX")
_OUTSIDE: Final = (r"CalibratedNetwork/[^/]*_network;[^/]*$", "*")


def _float(regex: str, operation: str) -> dict[str, Any]:
    return {"regex": regex, "operation": operation, "algorithm_key": "no_quantize", "op_config": {}}


# The ranges of int8 cover all values of 90 of 100 faces: wider ranges make every step coarser, narrower ones clip the
# values of unusual faces. The quantizer's own ranges are those of an average face; with them the outputs of emoar-m and
# emoar-s are five times further from float32's (Kullback-Leibler).
_COVERED_PERCENT: Final = 90.0

STAYS_FLOAT: Final = (_float(*_OUTSIDE), *(_float(r".*", operation) for operation in _WHEREVER))
# Weights are stored as float16 and become float32 when the model is loaded: half the size at the same speed.
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
    """Writes the float32 .tflite.

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
    """Writes a .tflite whose weights are float16, from the float32 one.

    Raises:
        DependencyMissing: `ai-edge-quantizer` is not installed.
    """
    with quiet():
        _quantizer(source, _HALF).quantize().export_model(str(path), overwrite=True)
    return path


def quantize(source: Path, faces: Faces, wanted: ModelInput, path: Path) -> Path:
    """Writes the int8 .tflite: static weights and activations, calibrated on faces.

    Standardising, the heads, the softmax, input and output stay float.

    Args:
        source: the float32 .tflite.
        faces: the values of N faces for that input, as `prepare_faces` gives them.
        wanted: the input of the model.
        path: the file to write.

    Raises:
        DependencyMissing: `ai-edge-quantizer` is not installed.
    """
    with quiet():
        from_package = _recipes()
        tool = _quantizer(source, (*from_package.static_wi8_ai8(), *STAYS_FLOAT))
        tool.quantize(_ranges(tool, faces, wanted)).export_model(str(path), overwrite=True)
    return path


def quantize_weights(source: Path, path: Path) -> Path:
    """Writes the int8 .tflite of a mesh model: weights int8, activations with a range for each face.

    Coordinates need more than the 8 bits of a fixed range, so pose normalisation, components and softmax stay float.

    Raises:
        DependencyMissing: `ai-edge-quantizer` is not installed.
    """
    with quiet():
        rules = (*_recipes().dynamic_wi8_afp32(), _float(*_OUTSIDE))
        _quantizer(source, rules).quantize().export_model(str(path), overwrite=True)
    return path


def _ranges(tool: Any, faces: Faces, wanted: ModelInput) -> dict[str, Any]:
    """The range of each tensor that covers all its values on most of the faces."""
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
