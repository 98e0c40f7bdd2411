"""Where an export's files are made: each format once, in a scratch folder, and put in place when it is whole."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from emoar.files import atomic_write, output_errors
from emoar.models.metadata import with_info
from emoar.training.export.calibrated import ExportInput
from emoar.training.export.coreml import write_coreml
from emoar.training.export.onnx import write_onnx
from emoar.training.export.tflite import halve, quantize, quantize_weights, write_tflite

__all__ = ["FormatWriter"]


class FormatWriter:
    """Makes each format once, in a scratch folder on the disk where it is to stay."""

    def __init__(self, source: ExportInput, scratch: Path, folder: Path) -> None:
        self.source, self.scratch, self.folder = source, scratch, folder

    def make(self, kind: str) -> Path:
        """Writes one format into the scratch folder."""
        makers: dict[str, Callable[[], Path]] = {
            "tflite": self.float32,
            "tflite-f16": lambda: halve(self.float32(), self.scratch / "float16.tflite"),
            "tflite-int8": self.int8,
            "onnx": lambda: write_onnx(self.source.net(channels_first=True), self.scratch / "model.onnx"),
            "coreml": lambda: write_coreml(self.source.net(channels_first=True), self.scratch / "model.mlpackage"),
        }
        return makers[kind]()

    def float32(self) -> Path:
        path = self.scratch / "float32.tflite"
        return path if path.exists() else write_tflite(self.source.net(), path)

    def int8(self) -> Path:
        path = self.scratch / "int8.tflite"
        if self.source.info.kind == "mesh":
            return quantize_weights(self.float32(), path)
        return quantize(self.float32(), self.source.calibration, path)

    def keep(self, made: Path, name: str) -> Path:
        """Gives the file its place and, in a .tflite, its description."""
        path = self.folder / name
        if made.is_dir():
            with output_errors(path):
                shutil.rmtree(path, ignore_errors=True)
                shutil.move(made, path)
        else:
            content = made.read_bytes()
            atomic_write(path, with_info(content, self.source.info) if made.suffix == ".tflite" else content)
        return path
