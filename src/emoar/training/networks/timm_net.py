"""Architectures of the field, from timm, behind the interface of our own networks."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false, reportUnknownParameterType=false
# (timm is typed only in part)
from __future__ import annotations

import socket
import warnings
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import torch
from torch import Tensor, nn

from emoar.errors import DependencyMissing, TrainingError
from emoar.training.networks.standardise import standardise

__all__ = ["TIMM_ARCHITECTURES", "TimmNet"]

TIMM_ARCHITECTURES: Final = {
    "resnext50": "resnext50_32x4d",
    "inception-resnet-v2": "inception_resnet_v2",
    "mobilenet-v2": "mobilenetv2_100",
    "densenet121": "densenet121",
    "resnet101": "resnet101",
    "efficientnet-lite0": "tf_efficientnet_lite0",
}
_SMALLEST_PX: Final = {"inception-resnet-v2": 75}  # its convolutions eat the border; smaller crops are upsampled


class TimmNet(nn.Module):
    """A trunk of timm with our heads; the same input and output as `ExpressionNet`."""

    def __init__(
        self,
        name: str,
        heads: Mapping[str, tuple[str, ...]],
        dropout: float = 0.0,
        image_channels: int = 1,
        upsample_px: int = 0,
    ) -> None:
        """Makes the untrained network.

        Raises:
            DependencyMissing: timm is not installed.
        """
        super().__init__()
        timm = _timm()
        self.upsample_px = upsample_px
        self._smallest_px = _SMALLEST_PX.get(name, 0)
        self.trunk: nn.Module = timm.create_model(
            TIMM_ARCHITECTURES[name], pretrained=False, in_chans=image_channels, num_classes=0, global_pool="avg"
        )
        width = int(getattr(self.trunk, "head_hidden_size", 0) or self.trunk.num_features)  # type: ignore[arg-type]
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict({key: nn.Linear(width, len(labels)) for key, labels in heads.items()})

    def forward(self, face: Tensor) -> dict[str, Tensor]:
        """(N, C, H, W) crops, 0..255 -> logits (N, labels) of each head."""
        x = standardise(face)
        side = self.upsample_px or max(x.shape[-1], self._smallest_px)
        if side != x.shape[-1]:
            x = nn.functional.interpolate(x, size=(side, side), mode="bilinear")
        features = self.dropout(self.trunk(x))
        return {name: head(features) for name, head in self.heads.items()}

    def blocks(self) -> list[nn.Module]:
        """The trunk's parts from the input to the output: what freezing counts."""
        return list(_blocks(self.trunk))

    def load_pretrained(self, name: str, weights: Path | None) -> str:
        """Takes ImageNet weights from a local file, or from where timm fetches them; says in a line what happened.

        Raises:
            TrainingError: the local file is not one of this architecture.
        """
        timm = _timm()
        if weights is not None:
            return _load_local(self.trunk, weights, timm)
        channels = next(p for p in self.trunk.parameters() if p.ndim == 4).shape[1]
        try:
            with warnings.catch_warnings(), _only_cached_unless_reachable():
                warnings.simplefilter("ignore")
                source = timm.create_model(
                    TIMM_ARCHITECTURES[name], pretrained=True, in_chans=channels, num_classes=0, global_pool="avg"
                )
        except Exception as exc:  # whatever the hub's client raises without a network: training goes on all the same
            cause = str(exc).splitlines()[0][:100] if str(exc) else type(exc).__name__
            return (
                f"pretrained weights of {TIMM_ARCHITECTURES[name]} cannot be reached ({cause}): training from scratch; "
                'without a network, give a file: pretrained_weights = "model.safetensors"'
            )
        self.trunk.load_state_dict(source.state_dict())
        return f"started from timm's weights of {TIMM_ARCHITECTURES[name]}"


@contextmanager
def _only_cached_unless_reachable() -> Generator[None]:
    """Without a network the hub's client would try for most of a minute; now it looks into its cache and is done."""
    from huggingface_hub import constants

    host = urlsplit(constants.ENDPOINT)
    before = constants.HF_HUB_OFFLINE
    try:
        socket.create_connection((host.hostname or "", host.port or 443), timeout=5).close()
    except OSError:
        constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _load_local(trunk: nn.Module, path: Path, timm: Any) -> str:
    try:
        state = _in_names_of(trunk, timm.models.load_state_dict(str(path)))
        # the first convolution of RGB weights is summed up for grey input, as timm does it
        first, kernel = next((key, value) for key, value in trunk.state_dict().items() if value.ndim == 4)
        state[first] = timm.models.adapt_input_conv(kernel.shape[1], state[first])
        missing = trunk.load_state_dict(state, strict=False).missing_keys
    except (OSError, RuntimeError, KeyError, ValueError) as exc:
        raise TrainingError(f"{path} holds no weights of this architecture: {str(exc).splitlines()[0]}") from exc
    if missing:
        raise TrainingError(f"{path} holds no weights of this architecture: {missing[0]} is missing")
    return f"started from the weights in {path.name}"


def _in_names_of(trunk: nn.Module, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same weights under the trunk's names, where another library named them otherwise but kept their order."""
    own = trunk.state_dict()
    if own.keys() <= state.keys():
        return state
    renamed = dict(zip(own, state.values(), strict=False))
    # all but the colours of the first convolution, which come first
    fit = [value.shape == renamed[name].shape for name, value in own.items() if name in renamed]
    return renamed if len(renamed) == len(own) and all(fit[1:]) else state


def _blocks(module: nn.Module) -> Iterator[nn.Module]:
    """Children, with sequences of blocks taken apart."""
    for child in module.children():
        if not any(True for _ in child.parameters()):
            continue
        if isinstance(child, nn.Sequential | nn.ModuleList):
            yield from _blocks(child)
        else:
            yield child


def _timm() -> Any:
    try:
        _make_torchvision_importable()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import timm
            import timm.models  # pyright: ignore[reportUnusedImport]
    except ImportError as exc:
        raise DependencyMissing("this architecture needs timm: pip install 'emoar[train]'") from exc
    return timm


def _make_torchvision_importable() -> None:
    """A torchvision built for another torch fails at import because two operators are unknown: declares them.

    timm imports torchvision but needs neither operator.
    """
    try:
        import torchvision  # pyright: ignore[reportUnusedImport]
    except RuntimeError as exc:
        if "torchvision::nms" not in str(exc):
            raise
        library = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import torchvision  # noqa: F401  # pyright: ignore[reportUnusedImport]
