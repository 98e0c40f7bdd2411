"""The Core ML package: what is passed to the converter, and the description in its metadata."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="exporting needs torch: pip install 'emoar[train]'")

from emoar.errors import DependencyMissing  # noqa: E402
from emoar.models.inputs import CropInput, LandmarkInput, ModelInput  # noqa: E402
from emoar.models.metadata import ModelInfo, info_from_dict  # noqa: E402
from emoar.training.export.calibrated import CalibratedNetwork  # noqa: E402
from emoar.training.export.coreml import write_coreml  # noqa: E402


class Means(torch.nn.Module):
    def forward(self, faces):  # type: ignore[no-untyped-def]
        return {"custom": faces.mean(dim=tuple(range(2, faces.ndim)))}


def calibrated(takes: ModelInput) -> CalibratedNetwork:
    info = ModelInfo("mine", takes, {"custom": ("a", "b", "c")})
    return CalibratedNetwork(Means(), {"custom": 1.0}, info, channels_first=True).eval()


@pytest.mark.parametrize(("takes", "name"), [(CropInput(16, 3), "face"), (LandmarkInput(), "landmarks")])
def test_names_shapes_and_description(
    takes: ModelInput, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}

    class Model:
        def __init__(self) -> None:
            self.user_defined_metadata: dict[str, str] = {}

        def save(self, path: str) -> None:
            Path(path).write_text(self.user_defined_metadata["emoar"])

    def convert(traced: Any, **options: Any) -> Model:
        given.update(options, outputs_of_trace=len(traced(torch.from_numpy(takes.sample()))))
        return Model()

    fake = SimpleNamespace(
        convert=convert,
        TensorType=SimpleNamespace,
        target=SimpleNamespace(iOS16="iOS16"),
        precision=SimpleNamespace(FLOAT32="float32"),
    )
    monkeypatch.setitem(sys.modules, "coremltools", fake)
    path = write_coreml(calibrated(takes), tmp_path / "mine.mlpackage")
    assert given["inputs"] == [SimpleNamespace(name=name, shape=takes.shape("channels_first"))]
    assert given["outputs"] == [SimpleNamespace(name="custom")]
    assert given["compute_precision"] == "float32"
    assert given["outputs_of_trace"] == 1
    assert info_from_dict(json.loads(path.read_text()), "here").input == takes


def test_without_the_library_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "coremltools", None)
    with pytest.raises(DependencyMissing, match="pip install coremltools"):
        write_coreml(calibrated(CropInput()), tmp_path / "mine.mlpackage")
