"""The writer of all export formats: files are written to a scratch folder and installed when they are complete."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from emoar.files import atomic_write, output_errors
from emoar.models.metadata import with_info
from emoar.training.export.calibrated import ExportInput
from emoar.training.export.coreml import write_coreml
from emoar.training.export.onnx import write_onnx
from emoar.training.export.tflite import quantize, to_float16, write_tflite

__all__ = ["FormatWriter"]


class FormatWriter:
    """Writes the formats of one network to `scratch`, and installs them in `folder` on the same disk."""

    def __init__(self, source: ExportInput, scratch: Path, folder: Path) -> None:
        self.source, self.scratch, self.folder = source, scratch, folder

    def write(self, name: str) -> Path:
        """Writes one format, a key of `export.FORMATS`, to the scratch folder and returns its path.

        Raises:
            DependencyMissing: a package for this format is not installed.
            TrainingError: the network has an operation that opset 15 of ONNX does not support.
        """
        writers: dict[str, Callable[[], Path]] = {
            "tflite": self.export_float32,
            "tflite-f16": lambda: to_float16(self.export_float32(), self.scratch / "float16.tflite"),
            "tflite-int8": self.export_int8,
            "onnx": lambda: write_onnx(self.source.net(channels_first=True), self.scratch / "model.onnx"),
            "coreml": lambda: write_coreml(self.source.net(channels_first=True), self.scratch / "model.mlpackage"),
        }
        return writers[name]()

    def export_float32(self) -> Path:
        """Writes the float32 .tflite, if not yet written; the other .tflite formats are derived from it.

        Raises:
            DependencyMissing: `litert-torch` is not installed.
        """
        path = self.scratch / "float32.tflite"
        return path if path.exists() else write_tflite(self.source.net(), path)

    def export_int8(self) -> Path:
        """Writes the int8 .tflite, the format of the shipped models.

        Raises:
            DependencyMissing: `litert-torch` or `ai-edge-quantizer` is not installed.
        """
        return quantize(self.export_float32(), self.source.info.input, self.scratch / "int8.tflite")

    def install(self, written: Path, name: str) -> Path:
        """Installs a file or package in the final folder as `name`; adds the description to a .tflite.

        Raises:
            OutputError: the folder cannot be written.
        """
        path = self.folder / name
        if written.is_dir():
            with output_errors(path):
                shutil.rmtree(path, ignore_errors=True)
                shutil.move(written, path)
        else:
            content = written.read_bytes()
            atomic_write(path, with_info(content, self.source.info) if written.suffix == ".tflite" else content)
        return path
