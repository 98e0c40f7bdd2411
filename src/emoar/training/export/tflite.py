"""The .tflite files: float32, float16 weights, and int8."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from emoar.errors import DependencyMissing
from emoar.models.inputs import CropInput, ModelInput
from emoar.training.export.calibrated import CalibratedNetwork
from emoar.training.export.quiet import quiet

__all__ = ["quantize", "to_float16", "write_tflite"]

# Rules of the quantizer, by operation and by module. Standardisation (which is outside of any submodule), the first
# convolution (its input is the picture, where one grey level would be one step of int8), the heads and their softmax
# are cheap and need float precision.
_OUTSIDE: Final = (r"CalibratedNetwork/[^/]*_network;[^/]*$", "*")
_FIRST: Final = (r".*_(conv_)?stem[/;].*", "*")
_WHEREVER: Final = ("INPUT", "OUTPUT", "FULLY_CONNECTED", "SOFTMAX")


def _float(regex: str, operation: str) -> dict[str, Any]:
    return {"regex": regex, "operation": operation, "algorithm_key": "no_quantize", "op_config": {}}


_CROPS: Final = (_float(*_OUTSIDE), _float(*_FIRST), *(_float(r".*", operation) for operation in _WHEREVER))
# a mesh model consists of fully connected layers; normalisation and components of the landmarks stay float
_LANDMARKS: Final = (_float(*_OUTSIDE),)
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


def quantize(source: Path, wanted: ModelInput, path: Path) -> Path:
    """Writes the int8 .tflite with dynamic quantization: int8 weights, activations in int8 by the range of each face.

    Sums, gates and everything between the convolutions are float32, so that roundings do not add up from layer to
    layer. Standardisation, first convolution, heads, softmax, input and output are float32, too.

    Args:
        source: the float32 .tflite.
        wanted: the input of the model.
        path: the file to write; returned.

    Raises:
        DependencyMissing: `ai-edge-quantizer` is not installed.
    """
    with quiet():
        rules = (*_recipes().dynamic_wi8_afp32(), *(_CROPS if isinstance(wanted, CropInput) else _LANDMARKS))
        _quantizer(source, rules).quantize().export_model(str(path), overwrite=True)
    return path


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
