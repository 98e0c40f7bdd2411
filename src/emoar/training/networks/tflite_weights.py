"""Loading of the weights of a .tflite into a network, to continue training from a shipped model.

A .tflite has each convolution with BatchNorm folded in, as int8 with a scale per channel. The weights are dequantized,
and each BatchNorm layer gets the statistics of real faces and matching scale and bias, so that the network computes the
same as the file.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.errors import TrainingError
from emoar.models.inputs import CropInput, InputValues
from emoar.training.networks.base import ExpressionNetwork

__all__ = ["Layer", "load_tflite_weights", "put_weights"]

_WITH_WEIGHTS: Final = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
Layer = tuple[NDArray[np.float32], NDArray[np.float32]]  # weights in PyTorch's layout, and the bias


def load_tflite_weights(network: ExpressionNetwork, path: Path, faces: InputValues) -> None:
    """Loads the weights of a .tflite into a network of the same architecture.

    Args:
        network: a network of crops; is changed, and is in evaluation mode afterwards.
        path: the file.
        faces: (N, ...) inputs of the network for the BatchNorm statistics; a few hundred suffice.

    Raises:
        TrainingError: the file is from another architecture or not a model, or the network takes landmarks: a .tflite
            does not have its principal components as separate tensors.
    """
    if network.input.kind != CropInput.kind:
        raise TrainingError(f"{path.name} cannot be continued from: give the checkpoint (.pt) of a mesh network")
    put_weights(network, list(_layers(path)), faces, path.name, heads=True)


@torch.no_grad()
def put_weights(
    network: ExpressionNetwork, layers: list[Layer], faces: InputValues, source: str, *, heads: bool = False
) -> None:
    """Loads layers with folded BatchNorm into a network.

    Args:
        network: a network of crops; is changed, and is in evaluation mode afterwards.
        layers: layers with weights, in the order of the forward pass.
        faces: (N, ...) inputs of the network for the BatchNorm statistics; a few hundred suffice.
        source: name of the source of the layers, for the error.
        heads: whether `layers` includes the heads; otherwise the heads are not changed.

    Raises:
        TrainingError: the layers are from another architecture.
    """
    sample = torch.from_numpy(network.input.to_batch(faces))
    targets = _called(network, sample[:1])
    if not heads:
        targets = [(target, after) for target, after in targets if not isinstance(target, nn.Linear)]
    if [weights.shape for weights, _ in layers] != [tuple(target.weight.shape) for target, _ in targets]:
        raise TrainingError(
            f"{source} has {len(layers)} layers of other shapes than this network's {len(targets)}: "
            "continue from a model of the same architecture"
        )
    for (weights, bias), (target, normalisation) in zip(layers, targets, strict=True):
        target.weight.copy_(torch.from_numpy(weights))
        if target.bias is not None:
            target.bias.copy_(torch.from_numpy(bias))
        elif normalisation is not None:
            normalisation.bias.copy_(torch.from_numpy(bias))
    with _set_statistics([normalisation for _, normalisation in targets if normalisation is not None]):
        network.eval()(sample)


def _layers(path: Path) -> Iterator[Layer]:
    """Yields weights and bias of each layer, in the order of execution."""
    from ai_edge_litert.interpreter import Interpreter

    try:
        model: Any = Interpreter(model_path=str(path))
    except (ValueError, RuntimeError) as exc:
        raise TrainingError(f"{path} is not a model that LiteRT can load: {exc}") from exc
    details = {detail["index"]: detail for detail in model.get_tensor_details()}
    for operation in model._get_ops_details():
        if operation["op_name"] not in _WITH_WEIGHTS:
            continue
        weights, bias = (_float(model, details[int(index)]) for index in operation["inputs"][1:3])
        if operation["op_name"] == "CONV_2D":
            weights = weights.transpose(0, 3, 1, 2)  # output, height, width, input
        elif operation["op_name"] == "DEPTHWISE_CONV_2D":
            weights = weights.transpose(3, 0, 1, 2)  # 1, height, width, output
        yield np.ascontiguousarray(weights), bias


def _float(model: Any, detail: dict[str, Any]) -> NDArray[np.float32]:
    values = model.get_tensor(detail["index"]).astype(np.float32)
    quantization = detail["quantization_parameters"]
    scales = np.asarray(quantization["scales"], np.float32)
    if not scales.size:
        return values
    shape = [1] * values.ndim
    shape[quantization["quantized_dimension"]] = scales.size
    return values * scales.reshape(shape)  # weights are symmetric: no zero point


def _called(network: nn.Module, sample: Tensor) -> list[tuple[Any, nn.BatchNorm2d | None]]:
    """The layers with weights in the order of the forward pass, each with the BatchNorm layer that follows it."""
    calls: list[nn.Module] = []
    kinds = (nn.Conv2d, nn.Linear, nn.BatchNorm2d)
    hooks = [
        module.register_forward_hook(lambda module, _inputs, _output: calls.append(module))
        for module in network.modules()
        if isinstance(module, kinds)
    ]
    network.eval()(sample)
    for hook in hooks:
        hook.remove()
    following = [*calls[1:], None]
    return [
        (module, after if isinstance(after, nn.BatchNorm2d) else None)
        for module, after in zip(calls, following, strict=True)
        if not isinstance(module, nn.BatchNorm2d)
    ]


@contextmanager
def _set_statistics(normalisations: list[nn.BatchNorm2d]) -> Generator[None]:
    """A context in which a forward pass sets the statistics of each BatchNorm layer to those of its input.

    Scale and bias are set so that the layer computes input + bias, which the forward pass returns.
    """

    def set_statistics(module: nn.Module, inputs: tuple[Tensor, ...], _output: Tensor) -> Tensor:
        assert isinstance(module, nn.BatchNorm2d)
        assert module.running_mean is not None
        assert module.running_var is not None
        values = inputs[0]
        folded = module.bias.clone()
        module.running_mean.copy_(values.mean((0, 2, 3)))
        module.running_var.copy_(values.var((0, 2, 3), unbiased=False))
        module.weight.copy_(torch.sqrt(module.running_var + module.eps))
        module.bias.copy_(folded + module.running_mean)
        return values + folded[:, None, None]

    hooks = [normalisation.register_forward_hook(set_statistics) for normalisation in normalisations]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
