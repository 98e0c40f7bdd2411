"""The .onnx of a small network: its opset, its names, its description, and what it gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="exporting needs torch: pip install 'emoar[train]'")
onnx = pytest.importorskip("onnx", reason="exporting needs onnx: pip install 'emoar[train]'")
pytest.importorskip("onnxscript", reason="exporting needs onnxscript: pip install 'emoar[train]'")
pytest.importorskip("onnxruntime", reason="running it needs onnxruntime: pip install 'emoar[train]'")

from emoar.errors import TrainingError  # noqa: E402
from emoar.labels import DEFAULT_HEADS  # noqa: E402
from emoar.models.inputs import CropInput, LandmarkInput, ModelInput  # noqa: E402
from emoar.models.metadata import ModelInfo, info_from_dict  # noqa: E402
from emoar.training.evaluation.open_predictor import open_predictor  # noqa: E402
from emoar.training.evaluation.predictor_torch import TorchPredictor  # noqa: E402
from emoar.training.export.calibrated import CalibratedNetwork  # noqa: E402
from emoar.training.export.onnx import OPSET, write_onnx  # noqa: E402
from emoar.training.faces.inputs import FaceBatch  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402

TEMPERATURES = {"ferplus": 1.2, "fer2013": 0.9}
CROP = CropInput(32, 3)


@pytest.mark.parametrize("takes", [CROP, LandmarkInput()])
def test_it_gives_what_the_network_gives(takes: ModelInput, tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = (build("emoar-s", size_px=32, channels=3) if takes == CROP else build("emoar-mesh")).eval()
    info = ModelInfo("mine", takes, dict(DEFAULT_HEADS))
    net = CalibratedNetwork(network, TEMPERATURES, info, channels_first=True)
    path = write_onnx(net, tmp_path / "mine.onnx")
    model = onnx.load(path)
    assert [opset.version for opset in model.opset_import if not opset.domain] == [OPSET]
    assert [value.name for value in model.graph.input] == [takes.tensor_name]
    assert [value.name for value in model.graph.output] == [*TEMPERATURES, "features"]
    (about,) = (entry.value for entry in model.metadata_props if entry.key == "emoar")
    assert info_from_dict(json.loads(about), "here") == info
    rng = np.random.default_rng(0)
    crops = rng.integers(0, 256, (5, 32, 32, 3), np.uint8)
    points = (LandmarkInput().example()[None] + rng.normal(0, 1, (5, 468, 3))).astype(np.float32)
    predictor, faces = open_predictor(path), FaceBatch(crops, points)
    wanted = TorchPredictor(network, info, TEMPERATURES).predict(faces)
    for name, values in predictor.predict(faces).items():
        np.testing.assert_allclose(values, wanted[name], atol=1e-4)


def test_a_network_that_the_opset_does_not_know_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from onnx import version_converter

    def refuse(_model: object, _opset: int) -> None:
        raise RuntimeError("no such operation\nand more lines")

    monkeypatch.setattr(version_converter, "convert_version", refuse)
    net = CalibratedNetwork(
        build("emoar-mesh").eval(), TEMPERATURES, ModelInfo("m", LandmarkInput()), channels_first=True
    )
    with pytest.raises(TrainingError, match=r"cannot be written in ONNX opset 15: no such operation$"):
        write_onnx(net, tmp_path / "m.onnx")
