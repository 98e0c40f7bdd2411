"""The Core ML package for Apple's systems. It can be written on any system and runs on macOS and iOS only."""

from __future__ import annotations

import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from emoar.errors import DependencyMissing
from emoar.models.metadata import info_to_dict
from emoar.training.export.calibrated import CalibratedNetwork
from emoar.training.export.quiet import quiet

__all__ = ["has_coremltools", "write_coreml"]


def has_coremltools() -> bool:
    """Whether coremltools is installed."""
    return find_spec("coremltools") is not None


def write_coreml(net: CalibratedNetwork, path: Path) -> Path:
    """Writes a .mlpackage (ML Program, float32, iOS 16 and macOS 13 or newer) with the description in its metadata.

    Args:
        net: the network, with channels first.
        path: the folder to write, with the suffix .mlpackage; returned.

    Raises:
        DependencyMissing: `coremltools` is not installed.
    """
    name = net.info.input.tensor_name
    with quiet():
        try:
            coremltools: Any = import_module("coremltools")
        except ImportError as exc:
            raise DependencyMissing("Core ML needs coremltools: pip install coremltools") from exc
        sample = net.sample()
        traced = torch.jit.trace(_Tuple(net), sample, check_trace=False)
        model = coremltools.convert(
            traced,
            convert_to="mlprogram",
            inputs=[coremltools.TensorType(name=name, shape=tuple(sample.shape))],
            outputs=[coremltools.TensorType(name=output) for output in net.outputs],
            minimum_deployment_target=coremltools.target.iOS16,
            # in float16, the sum of squares in the standardisation of a crop would overflow
            compute_precision=coremltools.precision.FLOAT32,
        )
        model.user_defined_metadata["emoar"] = json.dumps(info_to_dict(net.info), ensure_ascii=False)
        model.save(str(path))
    return path


class _Tuple(torch.nn.Module):
    def __init__(self, net: CalibratedNetwork) -> None:
        super().__init__()
        self.net = net

    def forward(self, face: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(self.net(face).values())
