"""One interface: the same network as checkpoint, .tflite and .onnx gives the same probabilities."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="exporting needs torch: pip install 'emoar[train]'")
pytest.importorskip("litert_torch", reason="exporting needs litert-torch: pip install 'emoar[train]'")
pytest.importorskip("onnxruntime", reason="running an .onnx needs onnxruntime: pip install 'emoar[train]'")

from emoar.labels import DEFAULT_HEADS  # noqa: E402
from emoar.models.inputs import LandmarkInput  # noqa: E402
from emoar.models.metadata import with_info  # noqa: E402
from emoar.training.checkpoint import Checkpoint  # noqa: E402
from emoar.training.evaluation.open_predictor import open_predictor  # noqa: E402
from emoar.training.evaluation.predictor import Predictor  # noqa: E402
from emoar.training.export.calibrated import CalibratedNetwork  # noqa: E402
from emoar.training.export.onnx import write_onnx  # noqa: E402
from emoar.training.export.tflite import write_tflite  # noqa: E402
from emoar.training.faces.inputs import FaceBatch  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.recipe import Recipe  # noqa: E402


def test_every_runtime_gives_the_same(tmp_path: Path) -> None:
    torch.manual_seed(0)
    heads, network = dict(DEFAULT_HEADS), build("emoar-mesh").eval()
    checkpoint = Checkpoint(dataclasses.asdict(Recipe("emoar-mesh", 1)), heads, network.state_dict(), 1)
    info, one = checkpoint.info(), dict.fromkeys(heads, 1.0)
    tflite = write_tflite(CalibratedNetwork(network, one, info), tmp_path / "mesh.tflite")
    tflite.write_bytes(with_info(tflite.read_bytes(), info))
    files = [
        checkpoint.save(tmp_path / "final.pt"),
        tflite,
        write_onnx(CalibratedNetwork(network, one, info, channels_first=True), tmp_path / "mesh.onnx"),
    ]
    points = LandmarkInput().example()[None] + np.random.default_rng(0).normal(0, 1, (3, 468, 3))
    faces = FaceBatch(np.zeros((3, 48, 48), np.uint8), points.astype(np.float32))
    outputs: list[dict[str, np.ndarray]] = []
    for file in files:
        predictor: Predictor = open_predictor(file)
        assert dict(predictor.label_sets) == heads
        assert set(predictor.inputs) == {LandmarkInput()}
        assert predictor.size_bytes == file.stat().st_size
        outputs.append(predictor.predict(faces))
        predictor.close()
    for other in outputs[1:]:
        for name, values in outputs[0].items():
            np.testing.assert_allclose(other[name], values, atol=1e-4)
