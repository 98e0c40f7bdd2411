"""The writer of an export's files: each format once, in a scratch folder, moved into place when it is complete."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from emoar.files import atomic_write, output_errors
from emoar.models.inputs import LandmarkInput
from emoar.models.metadata import with_info
from emoar.training.export.calibrated import ExportInput
from emoar.training.export.coreml import write_coreml
from emoar.training.export.onnx import write_onnx
from emoar.training.export.tflite import quantize, quantize_weights, to_float16, write_tflite

__all__ = ["FormatWriter"]


class FormatWriter:
    """Writes each format once, in a scratch folder on the disk of the final folder."""

    def __init__(self, source: ExportInput, scratch: Path, folder: Path) -> None:
        self.source, self.scratch, self.folder = source, scratch, folder

    def write(self, name: str) -> Path:
        """Writes one format, a key of `export.FORMATS`, into the scratch folder."""
        writers: dict[str, Callable[[], Path]] = {
            "tflite": self.export_float32,
            "tflite-f16": lambda: to_float16(self.export_float32(), self.scratch / "float16.tflite"),
            "tflite-int8": self.export_int8,
            "onnx": lambda: write_onnx(self.source.net(channels_first=True), self.scratch / "model.onnx"),
            "coreml": lambda: write_coreml(self.source.net(channels_first=True), self.scratch / "model.mlpackage"),
        }
        return writers[name]()

    def export_float32(self) -> Path:
        """The float32 .tflite, from which the smaller ones are made."""
        path = self.scratch / "float32.tflite"
        return path if path.exists() else write_tflite(self.source.net(), path)

    def export_int8(self) -> Path:
        """The int8 .tflite, which EmoAR ships."""
        path = self.scratch / "int8.tflite"
        if isinstance(self.source.info.input, LandmarkInput):
            return quantize_weights(self.export_float32(), path)
        return quantize(self.export_float32(), self.source.calibration, self.source.info.input, path)

    def install(self, written: Path, name: str) -> Path:
        """Moves a file or package into the final folder; a .tflite gets its description."""
        path = self.folder / name
        if written.is_dir():
            with output_errors(path):
                shutil.rmtree(path, ignore_errors=True)
                shutil.move(written, path)
        else:
            content = written.read_bytes()
            atomic_write(path, with_info(content, self.source.info) if written.suffix == ".tflite" else content)
        return path
