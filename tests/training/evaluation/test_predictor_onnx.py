"""An .onnx behind the interface of all models: ours with its description, others with a .json, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emoar.errors import ModelMismatch
from emoar.models.inputs import CropInput, LandmarkInput, ModelInput
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.faces.inputs import FaceBatch

onnx = pytest.importorskip("onnx", reason="making models needs onnx: pip install 'emoar[train]'")
pytest.importorskip("onnxruntime", reason="running them needs onnxruntime: pip install 'emoar[train]'")

THREE = ("red", "green", "blue")


def write(path: Path, shape: list[Any], axes: list[int], output: str = "custom", described: Any = None) -> Path:
    """A model that gives the softmax of the means over some axes."""
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    nodes = [
        helper.make_node("ReduceMean", ["face"], ["means"], axes=axes, keepdims=0),
        helper.make_node("Softmax", ["means"], [output], axis=1),
    ]
    face, out = helper.make_tensor_value_info("face", kind, shape), helper.make_tensor_value_info(output, kind, None)
    graph = helper.make_graph(nodes, "means", [face], [out])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    if described is not None:
        model.metadata_props.add(key="emoar", value=described)
    path.write_bytes(model.SerializeToString())
    return path


def description(kind: ModelInput) -> str:
    return json.dumps({"format": 1, "heads": {"custom": THREE}, **kind.to_dict()})


def softmax(*logits: float) -> np.ndarray:
    powers = np.exp(np.array(logits))
    return powers / powers.sum()


@pytest.mark.parametrize(
    ("shape", "axes"), [([1, 3, 16, 16], [2, 3]), ([1, 16, 16, 3], [1, 2]), (["n", 3, 16, 16], [2, 3])]
)
def test_crops_in_either_layout(tmp_path: Path, shape: list[Any], axes: list[int]) -> None:
    path = write(tmp_path / "mine.onnx", shape, axes, described=description(CropInput(16, 3)))
    crops = np.zeros((2, 16, 16, 3), np.uint8)
    crops[0], crops[1] = (3, 2, 1), (1, 5, 5)
    predictor = open_predictor(path)
    found = predictor.predict(FaceBatch(crops))["custom"]
    np.testing.assert_allclose(found, [softmax(3, 2, 1), softmax(1, 5, 5)], rtol=1e-5)
    assert found.dtype == np.float32
    assert (predictor.name, predictor.size_bytes) == ("mine", path.stat().st_size)
    assert dict(predictor.label_sets) == {"custom": THREE}
    predictor.close()


def test_landmarks(tmp_path: Path) -> None:
    predictor = open_predictor(write(tmp_path / "m.onnx", [1, 468, 3], [1], described=description(LandmarkInput())))
    points = np.zeros((1, 468, 3), np.float32)
    points[:] = 1, 2, 3
    found = predictor.predict(FaceBatch(np.zeros((1, 48, 48), np.uint8), points))["custom"]
    np.testing.assert_allclose(found, [softmax(1, 2, 3)], rtol=1e-5)


def test_a_json_beside_it_describes_it(tmp_path: Path) -> None:
    path = write(tmp_path / "other.onnx", [1, 3, 24, 24], [2, 3])
    path.with_suffix(".json").write_text(description(CropInput(24, 3)))
    assert set(open_predictor(path).inputs) == {CropInput(24, 3)}


@pytest.mark.parametrize(
    ("shape", "output", "described", "words"),
    [
        ([1, 3, 17, 17], "custom", description(CropInput(16, 3)), r"expected an input \(1, 16, 16, 3\) or \(1, 3, 16,"),
        ([1, 3, 16, 16], "other", description(CropInput(16, 3)), "has no output named custom"),
        ([1, 3, 16, 16], "custom", "{", r"the description in m\.onnx is damaged"),
        ([1, 3, 16, 16], "custom", '{"format": 2}', "format must be 1"),
        ([1, 3, 48, 48], "custom", None, r"expected an input \(1, 48, 48, 1\)"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, shape: list[int], output: str, described: Any, words: str
) -> None:
    path = write(tmp_path / "m.onnx", shape, [2, 3], output, described)
    with pytest.raises(ModelMismatch, match=words):
        open_predictor(path)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelMismatch, match=r"m\.onnx is not a model that ONNX Runtime can load"):
        open_predictor(tmp_path / "m.onnx")
