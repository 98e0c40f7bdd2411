"""The writer of formats: which converter writes what, each float32 file once, and how files get their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="exporting needs torch: pip install 'emoar[train]'")

from emoar.models.inputs import CropInput  # noqa: E402
from emoar.models.metadata import ModelInfo, read_info  # noqa: E402
from emoar.training.export import formats  # noqa: E402
from emoar.training.export.calibrated import ExportInput  # noqa: E402
from emoar.training.export.formats import FormatWriter  # noqa: E402
from emoar.training.faces.inputs import FaceBatch  # noqa: E402

HEADS = {"custom": ("first", "second")}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The converters are replaced: each notes its name and writes that."""
    noted: list[str] = []

    def replace(name: str) -> None:
        def convert(*given: Any) -> Path:
            path: Path = given[-1]
            noted.append(name)
            if path.suffix == ".mlpackage":
                path.mkdir()
                path = path / "model"
            path.write_bytes(b"TFL3" + name.encode())
            return given[-1]

        monkeypatch.setattr(formats, name, convert)

    for name in ("write_tflite", "to_float16", "quantize", "write_onnx", "write_coreml"):
        replace(name)
    return noted


def writer_of(tmp_path: Path) -> FormatWriter:
    crops = np.zeros((1, 48, 48), np.uint8)
    info = ModelInfo("mine", CropInput(), HEADS)
    source = ExportInput(torch.nn.Identity(), info, {"custom": 1.0}, FaceBatch(crops))
    (tmp_path / "scratch").mkdir()
    return FormatWriter(source, tmp_path / "scratch", tmp_path)


def test_each_format_has_its_converter_and_float32_is_written_once(calls: list[str], tmp_path: Path) -> None:
    writer = writer_of(tmp_path)
    for name in ("tflite", "tflite-f16", "tflite-int8", "onnx", "coreml"):
        assert writer.write(name).exists()
    assert calls == ["write_tflite", "to_float16", "quantize", "write_onnx", "write_coreml"]


def test_a_tflite_gets_its_description_and_other_files_stay_as_they_are(calls: list[str], tmp_path: Path) -> None:
    writer = writer_of(tmp_path)
    model = writer.install(writer.write("tflite"), "mine-float32.tflite")
    assert model.read_bytes().startswith(b"TFL3write_tflite")
    assert read_info(model) == writer.source.info
    other = writer.install(writer.write("onnx"), "mine.onnx")
    assert other.read_bytes() == b"TFL3write_onnx"


def test_a_package_replaces_an_older_one(calls: list[str], tmp_path: Path) -> None:
    writer = writer_of(tmp_path)
    (tmp_path / "mine.mlpackage").mkdir()
    (tmp_path / "mine.mlpackage" / "old").write_bytes(b"")
    package = writer.install(writer.write("coreml"), "mine.mlpackage")
    assert [file.name for file in package.iterdir()] == ["model"]
