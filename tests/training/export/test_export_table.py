"""The table of an export: rows, Markdown and JSON of formats that agree, disagree and are left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="exporting needs torch: pip install 'emoar[train]'")

from emoar.models.inputs import CropInput, LandmarkInput, ModelInput
from emoar.models.metadata import ModelInfo
from emoar.training.export.export import Exported, Exports
from emoar.training.export.export_table import headings, markdown, rows, to_dict, write_card
from emoar.training.export.verify import Comparison

FILES = (
    Exported("tflite", "mine-float32.tflite", 1_230_000, Comparison(2e-6, {"custom": 1.0}), 0.5),
    Exported("onnx", "mine.onnx", 1_000_000, Comparison(0.4, {"custom": 0.5}), 0.25, problem="does not agree | at all"),
    Exported("coreml", note="left out: coremltools is not installed"),
)


def exports_of(takes: ModelInput) -> Exports:
    info = ModelInfo("mine", takes, {"custom": ("asleep", "awake")})
    return Exports(info, {"custom": 1.25}, faces=500, network_ms=2.0, network_bytes=1_200_000, files=FILES)


def test_rows_begin_with_the_network_itself() -> None:
    exports = exports_of(CropInput())
    assert headings(exports) == (
        *("format", "file", "MB", "largest difference", "same custom label", "ms, 1 thread", "verdict"),
    )
    assert rows(exports) == [
        ("PyTorch", "", "1.20", "-", "-", "2.00", "the reference"),
        ("tflite", "mine-float32.tflite", "1.23", "2e-06", "100.0%", "0.50", "agrees"),
        ("onnx", "mine.onnx", "1.00", "0.4", "50.0%", "0.25", "does not agree | at all"),
        ("coreml", "-", "-", "-", "-", "-", "left out: coremltools is not installed"),
    ]
    assert [file.good for file in FILES] == [True, False, False]


@pytest.mark.parametrize(
    ("takes", "line"),
    [
        (
            CropInput(64, 3),
            "- input `face`: the aligned RGB crop, float32 0..255, (1, 64, 64, 3) in .tflite, "
            "(1, 3, 64, 64) in .onnx and Core ML",
        ),
        (LandmarkInput(), "- input `landmarks`: the 468 raw landmarks in pixels, float32, (1, 468, 3)"),
    ],
)
def test_markdown_describes_input_and_outputs(takes: ModelInput, line: str) -> None:
    text = markdown(exports_of(takes)).splitlines()
    assert text[0] == "## Exports of mine"
    assert line in text
    assert "- output `custom`: asleep, awake (temperature 1.250 inside)" in text
    assert "| onnx | mine.onnx | 1.00 | 0.4 | 50.0% | 0.25 | does not agree / at all |" in text


def test_both_files_hold_the_same(tmp_path: Path) -> None:
    exports = exports_of(CropInput())
    card, document = write_card(exports, tmp_path)
    assert (card.name, document.name) == ("mine-export.md", "mine-export.json")
    read = json.loads(document.read_text())
    assert read["files"] == json.loads(json.dumps(to_dict(exports)))["files"]
    assert read["model"]["kind"] == "crop"
    assert [file["largest_difference"] for file in read["files"]] == [2e-6, 0.4, None]
    assert read["files"][2]["file"] is None
