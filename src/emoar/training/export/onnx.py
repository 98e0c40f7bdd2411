"""The .onnx file, in opset 15 for Unity's Inference Engine and every ONNX Runtime since 2021."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from emoar.errors import DependencyMissing, TrainingError
from emoar.models.metadata import info_to_dict
from emoar.training.export.calibrated import CalibratedNetwork
from emoar.training.export.quiet import quiet

__all__ = ["OPSET", "write_onnx"]

OPSET: Final = 15
_IR_VERSION: Final = 8  # IR version of the ONNX release with opset 15
# Attributes that newer opsets add to operations, by operation; the exporter sets them to the behaviour of opset 15.
_NEW_ATTRIBUTES: Final = {
    "ReduceMean": ("noop_with_empty_axes",),
    "ReduceSum": (),
    "Resize": ("antialias", "axes", "keep_aspect_ratio_policy"),
}


class _InOrder(nn.Module):
    """The network with a tuple of outputs, since the exporter names outputs by position."""

    def __init__(self, net: CalibratedNetwork) -> None:
        super().__init__()
        self.net = net

    def forward(self, face: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.net(face).values())


def write_onnx(net: CalibratedNetwork, path: Path) -> Path:
    """Writes the .onnx file.

    The input is `face` (1, C, S, S) float32 in 0..255, or `landmarks` (1, 468, 3) in pixels. Each label set is an
    output of that name, and so are the `features`. The metadata has the description under `emoar`.

    Args:
        net: the network, with channels first.
        path: the file to write; returned.

    Raises:
        DependencyMissing: `onnx` or `onnxscript` is not installed.
        TrainingError: the network has an operation that opset 15 does not support.
    """
    try:
        import onnx
        import onnxscript  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError as exc:
        raise DependencyMissing("ONNX needs onnx and onnxscript: pip install 'emoar[train]'") from exc
    name = net.info.input.tensor_name
    with quiet():
        program = torch.onnx.export(
            _InOrder(net).eval(),
            (net.sample(),),
            dynamo=True,
            input_names=[name],
            output_names=list(net.outputs),
            external_data=False,
        )
        assert program is not None
        model = _in_opset(onnx, program.model_proto)
    model.metadata_props.add(key="emoar", value=json.dumps(info_to_dict(net.info), ensure_ascii=False))
    path.write_bytes(model.SerializeToString())
    return path


def _in_opset(onnx: Any, model: Any) -> Any:
    """Converts the model to `OPSET`; the exporter supports newer opsets only."""
    from onnx import version_converter

    for node in model.graph.node:
        new = [a for a in node.attribute if a.name in _NEW_ATTRIBUTES.get(node.op_type, ())]
        for attribute in new:
            node.attribute.remove(attribute)
    try:
        converted: Any = version_converter.convert_version(model, OPSET)
        converted.ir_version = _IR_VERSION
        onnx.checker.check_model(converted, full_check=True)
    except Exception as exc:  # the converter raises RuntimeError, the checker its own class
        raise TrainingError(
            f"this network cannot be written in ONNX opset {OPSET}: {str(exc).splitlines()[0]}"
        ) from exc
    return converted
