"""Expression networks with trunks from timm."""

from __future__ import annotations

import pickle
import socket
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import torch
from torch import Tensor, nn

from emoar.errors import DependencyMissing, TrainingError
from emoar.models.inputs import CropInput, InputValues
from emoar.training.networks.base import CropNetwork, Heads

__all__ = ["TimmNet"]

_SMALLEST_PX: Final = {"inception_resnet_v2": 75}  # its convolutions have no padding; other trunks accept any size


class TimmNet(CropNetwork):
    """A timm trunk with expression heads."""

    def __init__(self, model: str, takes: CropInput, heads: Heads, dropout: float = 0.0, upsample_px: int = 0) -> None:
        """Builds the untrained network; `model` is the name of the timm model.

        Raises:
            DependencyMissing: timm is not installed.
        """
        super().__init__(takes, upsample_px)
        self.smallest_px = _SMALLEST_PX.get(model, 0)
        self._model, self._channels = model, takes.channels
        self.trunk: nn.Module = self._create(pretrained=False)
        width = int(getattr(self.trunk, "head_hidden_size", 0) or self.trunk.num_features)  # type: ignore[arg-type]
        self.add_heads(heads, width, dropout)

    def features(self, x: Tensor) -> Tensor:
        return self.trunk(x)

    def blocks(self) -> list[nn.Module]:
        return list(_blocks(self.trunk))

    def load_pretrained(self, weights: Path | None, faces: InputValues) -> str:
        """Loads ImageNet weights from a local file, or with `weights` None through timm.

        If timm cannot download the weights, the random weights stay, and the returned line gives the reason.

        Raises:
            TrainingError: the local file is missing, or from another architecture.
        """
        if weights is not None:
            return _load_local(self.trunk, weights, _timm())
        try:
            with warnings.catch_warnings(), _offline_unless_reachable():
                warnings.simplefilter("ignore")
                source = self._create(pretrained=True)
        except Exception as exc:  # without a network, the hub client raises many kinds of errors
            cause = str(exc).splitlines()[0][:100] if str(exc) else type(exc).__name__
            return (
                f"pretrained weights of {self._model} cannot be reached ({cause}): training from scratch; "
                'without a network, give a file: pretrained_weights = "model.safetensors"'
            )
        self.trunk.load_state_dict(source.state_dict())
        return f"started from timm's weights of {self._model}"

    def _create(self, *, pretrained: bool) -> nn.Module:
        timm = _timm()
        return timm.create_model(
            self._model, pretrained=pretrained, in_chans=self._channels, num_classes=0, global_pool="avg"
        )


@contextmanager
def _offline_unless_reachable() -> Generator[None]:
    """Restricts the hub client to its cache if the hub is not reachable; it would retry for most of a minute."""
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
    if not path.is_file():
        raise TrainingError(f"{path} does not exist: give a .safetensors or .pth file")
    try:
        state = _in_names_of(trunk, timm.models.load_state_dict(str(path)))
        # for grey input, the RGB kernels of the first convolution are summed, as timm does
        first, kernel = next((key, value) for key, value in trunk.state_dict().items() if value.ndim == 4)
        state[first] = timm.models.adapt_input_conv(kernel.shape[1], state[first])
        missing = trunk.load_state_dict(state, strict=False).missing_keys
    except (OSError, RuntimeError, KeyError, ValueError, EOFError, pickle.UnpicklingError) as exc:
        cause = next(iter(str(exc).splitlines()), type(exc).__name__)
        raise TrainingError(f"{path} holds no weights of this architecture: {cause}") from exc
    if missing:
        raise TrainingError(f"{path} holds no weights of this architecture: {missing[0]} is missing")
    return f"started from the weights in {path.name}"


def _in_names_of(trunk: nn.Module, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights with the names of the trunk, if another library has other names in the same order."""
    own = trunk.state_dict()
    if own.keys() <= state.keys():
        return state
    renamed = dict(zip(own, state.values(), strict=False))
    # the first entry is the first convolution, whose number of channels may differ
    fit = [value.shape == renamed[name].shape for name, value in own.items() if name in renamed]
    return renamed if len(renamed) == len(own) and all(fit[1:]) else state


def _blocks(module: nn.Module) -> Iterator[nn.Module]:
    """Yields the children that have parameters, with containers replaced by their children."""
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
    """Declares two operators without which the import of a torchvision that was built for another torch fails.

    timm imports torchvision but uses neither operator.
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
