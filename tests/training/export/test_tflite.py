"""The .tflite files of a small network: float32, float16 and int8 give what the network gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="exporting needs torch: pip install 'emoar[train]'")
pytest.importorskip("litert_torch", reason="exporting needs litert-torch: pip install 'emoar[train]'")
pytest.importorskip("ai_edge_quantizer", reason="int8 needs ai-edge-quantizer: pip install 'emoar[train]'")

from emoar.labels import DEFAULT_HEADS  # noqa: E402
from emoar.models.inputs import CropInput, LandmarkInput, ModelInput  # noqa: E402
from emoar.models.metadata import ModelInfo, with_info  # noqa: E402
from emoar.perception.classifier import ExpressionClassifier  # noqa: E402
from emoar.training.evaluation.predictor_torch import TorchPredictor  # noqa: E402
from emoar.training.export.calibrated import CalibratedNetwork  # noqa: E402
from emoar.training.export.tflite import quantize, to_float16, write_tflite  # noqa: E402
from emoar.training.faces.inputs import FaceBatch  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402

TEMPERATURES = {"ferplus": 1.2, "fer2013": 0.9}


def network_of(takes: ModelInput) -> tuple[CalibratedNetwork, TorchPredictor]:
    torch.manual_seed(3)
    size = {"size_px": takes.size_px, "channels": takes.channels} if isinstance(takes, CropInput) else {}
    network = build("emoar-s" if size else "emoar-mesh", **size).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):  # a new block is its shortcut, and the converter drops its branch
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
    info = ModelInfo("mine", takes, dict(DEFAULT_HEADS))
    return CalibratedNetwork(network, TEMPERATURES, info), TorchPredictor(network, info, TEMPERATURES)


def largest_difference(file: Path, predictor: TorchPredictor, faces: FaceBatch, takes: ModelInput) -> float:
    described = file.with_name(f"described-{file.name}")
    described.write_bytes(with_info(file.read_bytes(), ModelInfo("mine", takes, dict(DEFAULT_HEADS))))
    classifier = ExpressionClassifier(described)
    wanted = predictor.predict(faces)
    values = faces.crops if faces.landmarks_px is None else faces.landmarks_px
    rows = [classifier.classify(value) for value in values]
    classifier.close()
    return max(float(np.abs(row[name] - wanted[name][i]).max()) for i, row in enumerate(rows) for name in wanted)


@pytest.mark.parametrize("takes", [CropInput(48, 1), CropInput(32, 3)])
def test_crop_models(takes: CropInput, tmp_path: Path) -> None:
    net, predictor = network_of(takes)
    crops = np.random.default_rng(0).integers(0, 256, (12, *takes.face_shape), np.uint8)
    faces = FaceBatch(crops)
    whole = write_tflite(net, tmp_path / "float32.tflite")
    half = to_float16(whole, tmp_path / "float16.tflite")
    small = quantize(whole, takes, tmp_path / "int8.tflite")
    assert largest_difference(whole, predictor, faces, takes) < 1e-4
    assert largest_difference(half, predictor, faces, takes) < 1e-2
    assert largest_difference(small, predictor, faces, takes) < 0.1
    assert half.stat().st_size < 0.6 * whole.stat().st_size
    assert small.stat().st_size < 0.45 * whole.stat().st_size


def test_mesh_models(tmp_path: Path) -> None:
    net, predictor = network_of(LandmarkInput())
    points = LandmarkInput().example()[None] + np.random.default_rng(0).normal(0, 1, (4, 468, 3))
    faces = FaceBatch(np.zeros((4, 48, 48), np.uint8), points.astype(np.float32))
    whole = write_tflite(net, tmp_path / "float32.tflite")
    small = quantize(whole, LandmarkInput(), tmp_path / "int8.tflite")
    assert largest_difference(whole, predictor, faces, LandmarkInput()) < 1e-4
    assert largest_difference(small, predictor, faces, LandmarkInput()) < 0.05
    assert small.stat().st_size < whole.stat().st_size
