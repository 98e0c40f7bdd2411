"""From a trained network to the .tflite that ships: temperature and softmax inside, int8 weights and activations."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false
# (torch and the converters are typed only in part)
from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import sys
import warnings
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.errors import DependencyMissing
from emoar.training.architectures import ExpressionNet
from emoar.training.dataset import CROP_SIZE_PX, NO_LABEL, FaceDataset

__all__ = ["ExportableNet", "Temperatures", "export_float", "fit_temperatures", "quantize", "ship"]

CALIBRATION_FACES: Final = 512

Temperatures = Mapping[str, float]  # by label set: what divides the logits so that confidences match accuracies

# The quantizer's rules, by operation and by the module that an operation comes from: standardising (what the network
# does outside of any submodule), the two heads and their softmax are cheap and need their precision.
_WHEREVER: Final = ("INPUT", "OUTPUT", "FULLY_CONNECTED", "SOFTMAX")
_SCOPES: Final = ((r"ExpressionNet_network;[^/]*$", "*"), *((r".*", operation) for operation in _WHEREVER))
STAYS_FLOAT: Final = tuple(
    {"regex": regex, "operation": operation, "algorithm_key": "no_quantize", "op_config": {}}
    for regex, operation in _SCOPES
)


class ExportableNet(nn.Module):
    """(N, 48, 48, 1) float32 grey, 0..255 -> calibrated probabilities of each label set, by its name."""

    def __init__(self, network: ExpressionNet, temperatures: Temperatures) -> None:
        super().__init__()
        self.network = network
        self.temperatures = dict(temperatures)

    def forward(self, face: Tensor) -> dict[str, Tensor]:
        # one channel: the two layouts are the same bytes
        logits = self.network(face.reshape(face.shape[0], 1, CROP_SIZE_PX, CROP_SIZE_PX))
        return {name: torch.softmax(logits[name] / t, dim=1) for name, t in self.temperatures.items()}


def fit_temperatures(network: ExpressionNet, data: FaceDataset) -> Temperatures:
    """The temperatures with the least negative log-likelihood on `data` (`PublicTest`; never the test split)."""
    with torch.no_grad():
        batches = [network(faces) for faces in torch.from_numpy(data.images[:, None].astype(np.float32)).split(256)]
    return {
        name: _temperature(torch.cat([logits[name] for logits in batches]), data.truth(name)) for name in network.heads
    }


def export_float(network: ExpressionNet, temperatures: Temperatures, path: Path) -> Path:
    """Writes the float32 .tflite.

    Raises:
        DependencyMissing: `litert-torch` is not installed.
    """
    sample = (torch.full((1, CROP_SIZE_PX, CROP_SIZE_PX, 1), 127.0),)
    with _quiet():
        try:
            import litert_torch
        except ImportError as exc:
            raise DependencyMissing("export needs litert-torch: pip install 'emoar[train]'") from exc
        model = litert_torch.convert(ExportableNet(network, temperatures).eval(), sample)
        path.parent.mkdir(parents=True, exist_ok=True)
        model.export(str(path))
    return path


def quantize(source: Path, faces: NDArray[np.uint8], path: Path) -> Path:
    """Writes the int8 .tflite: static weights and activations, calibrated on (N, 48, 48) grey faces.

    What comes before the first convolution and after the heads stays float, and so do input and output.

    Raises:
        DependencyMissing: `ai-edge-quantizer` is not installed.
    """
    with _quiet():
        try:
            from ai_edge_quantizer import quantizer, recipe
        except ImportError as exc:
            raise DependencyMissing("int8 needs ai-edge-quantizer: pip install 'emoar[train]'") from exc
        tool = quantizer.Quantizer(str(source), [*recipe.static_wi8_ai8(), *STAYS_FLOAT])
        samples = [{"args_0": face[None, :, :, None].astype(np.float32)} for face in faces]
        calibration = tool.calibrate({"serving_default": samples})
        tool.quantize(calibration).export_model(str(path), overwrite=True)
    return path


def ship(network: ExpressionNet, data: FaceDataset, name: str, folder: Path) -> Path:
    """Writes `folder/name.tflite` (int8) and enters it, with its sha256, in `folder/manifest.json`.

    Temperatures come from `PublicTest`, calibration faces from `Training`, evenly spread.
    """
    temperatures = fit_temperatures(network, data.of_split("PublicTest"))
    training = data.of_split("Training").images
    chosen = training[np.linspace(0, len(training) - 1, CALIBRATION_FACES).astype(int)]
    whole = export_float(network, temperatures, folder / f"{name}.float32.tflite")
    path = quantize(whole, chosen, folder / f"{name}.tflite")
    whole.unlink()
    content = path.read_bytes()
    manifest = folder / "manifest.json"
    entries: dict[str, dict[str, str | int]] = json.loads(manifest.read_text()) if manifest.exists() else {}
    entries[name] = {"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    manifest.write_text(json.dumps(entries, indent=1, sort_keys=True) + "\n")
    return path


def _temperature(logits: Tensor, labels: NDArray[np.int64]) -> float:
    """Minimises the negative log-likelihood over the log of the temperature; 1 where there are no labels."""
    known = torch.from_numpy(labels != NO_LABEL)
    if not bool(known.any()):
        return 1.0
    logits, target = logits[known].double(), torch.from_numpy(labels)[known]
    log_temperature = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([log_temperature], max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(logits / log_temperature.exp(), target)
        loss.backward()
        return loss

    optimizer.step(closure)
    return float(log_temperature.detach().exp())


@contextlib.contextmanager
def _quiet() -> Generator[None]:
    """Keeps the converters' progress and warnings off the terminal; errors still come as exceptions.

    They write from C++ as well, so the file descriptors themselves are turned away.
    """
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for target, copy in enumerate(kept, start=1):
            os.dup2(copy, target)
            os.close(copy)
        os.close(nowhere)
        logging.disable(before)
