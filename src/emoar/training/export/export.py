"""Export of a trained network as .tflite, .onnx and Core ML files, each compared with the network."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torch import nn

from emoar.errors import DependencyMissing, EmoarError, InputError, OutputError
from emoar.files import output_errors
from emoar.models.metadata import ModelInfo
from emoar.progress import NO_LOG, Log
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.evaluation.latency import Measured, measure
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.predictor_coreml import runs_coreml
from emoar.training.export.calibrated import ExportInput, Temperatures, prepare
from emoar.training.export.coreml import has_coremltools
from emoar.training.export.disk_space import check_space, parameter_bytes
from emoar.training.export.formats import FormatWriter
from emoar.training.export.manifest import enter_model
from emoar.training.export.verify import Comparison, compare, measure_network
from emoar.training.faces.inputs import FaceBatch

__all__ = [
    "DEFAULT_FORMATS",
    "FORMATS",
    "Exported",
    "Exports",
    "export",
    "ship",
    "wanted_formats",
]


@dataclass(frozen=True)
class _Format:
    suffix: str  # suffix of the file name, after the name of the model
    tolerance: float  # largest accepted difference of a probability
    least_agreement: float = 0.99  # smallest accepted share of faces with the same top label, in each label set


FORMATS: Final = {
    "tflite": _Format("-float32.tflite", 1e-3),
    "tflite-f16": _Format("-float16.tflite", 5e-2, 0.97),
    "tflite-int8": _Format("-int8.tflite", 1.0, 0.90),
    "onnx": _Format(".onnx", 1e-3),
    "coreml": _Format(".mlpackage", 1e-2),
}
DEFAULT_FORMATS: Final = tuple(FORMATS)


@dataclass(frozen=True)
class Exported:
    """One exported format, and the result of its verification."""

    format: str  # a key of `FORMATS`
    file: str = ""  # file name; empty where no file was written
    size_bytes: int = 0
    comparison: Comparison | None = None  # with the network; None where the file cannot run here
    latency_ms: float | None = None  # median for one face on one thread
    problem: str = ""  # reason why the file was not written or must not be used
    note: str = ""  # reason why the format was left out or not run

    @property
    def good(self) -> bool:
        """Whether the file was written and agrees with the network, or could not be run here."""
        return bool(self.file) and not self.problem


@dataclass(frozen=True)
class Exports:
    """The results of one export."""

    info: ModelInfo
    temperatures: Temperatures
    faces: int  # number of faces for the comparison
    network_ms: float  # median latency of PyTorch for one face on one thread
    network_bytes: int  # size of the parameters and buffers as float32
    files: tuple[Exported, ...]  # one for each format


def wanted_formats(text: str) -> tuple[str, ...]:
    """Parses a comma-separated list of formats; repeated names count once.

    Raises:
        InputError: a name is unknown, or the list is empty.
        DependencyMissing: the list has Core ML, and coremltools is not installed.
    """
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        got = unknown[0] if unknown else text
        raise InputError(f"--formats takes {', '.join(FORMATS)} with commas between them, got {got!r}")
    if "coreml" in names and not has_coremltools():
        raise DependencyMissing("Core ML needs coremltools: pip install coremltools; or leave coreml out of --formats")
    return names


def export(
    source: ExportInput,
    folder: Path,
    formats: Sequence[str] = DEFAULT_FORMATS,
    log: Log = NO_LOG,
) -> Exports:
    """Writes each format and compares it with the network; a format that fails has its `problem` in the result.

    Args:
        source: the network, its description, and the faces.
        folder: folder of the files, such as `NAME-float32.tflite`; created if it does not exist.
        formats: keys of `FORMATS`; without coremltools, Core ML is left out with a note.
        log: called with each format before it is written.

    Raises:
        OutputError: the folder cannot be written, or the disk has too little space.
        DependencyMissing: a package for one of the formats is not installed.
    """
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    check_space(folder, source.network)
    log("PyTorch")
    reference = measure_network(source)
    with output_errors(folder):
        scratch = tempfile.TemporaryDirectory(dir=folder, prefix=".export-")
    with scratch as name:
        writer = FormatWriter(source, Path(name), folder)
        files: list[Exported] = []
        for each in formats:
            log(each)
            files.append(_one(writer, each, reference))
    size = parameter_bytes(source.network)
    return Exports(source.info, source.temperatures, len(source.checked), reference.latency_ms, size, tuple(files))


def ship(network: nn.Module, info: ModelInfo, data: FaceDataset, folder: Path) -> Path:
    """Writes `folder/NAME.tflite` (int8) and adds it, with its SHA-256, to `folder/manifest.json`.

    Args:
        network: network in evaluation mode, which returns logits by label set.
        info: description of the network; its name is the name of the file.
        data: labelled faces; `PublicTest` is for the temperatures.
        folder: folder of the file; created if it does not exist.

    Returns:
        The path of the file.

    Raises:
        DataError: the data is empty, or a mesh model needs landmarks and no face has a mesh.
        ModelMissing: a mesh model needs landmarks, and the public mesh model is not on this machine.
        OutputError: the folder cannot be written, or the manifest is damaged.
        DependencyMissing: `litert-torch` or `ai-edge-quantizer` is not installed.
    """
    source = prepare(network, info, data)
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        check_space(folder, network)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as scratch:
            writer = FormatWriter(source, Path(scratch), folder)
            path = writer.install(writer.export_int8(), f"{info.name}.tflite")
    enter_model(path, f"expression of {info.input.subject}")
    return path


def _one(writer: FormatWriter, name: str, reference: Measured) -> Exported:
    """Writes one format and compares it; errors of this format only become its `problem`."""
    if name == "coreml" and not has_coremltools():
        return Exported(name, note="left out: coremltools is not installed (pip install coremltools)")
    try:
        with output_errors(writer.folder):
            path = writer.install(writer.write(name), writer.source.info.name + FORMATS[name].suffix)
    except (OutputError, DependencyMissing):
        raise
    except Exception as exc:  # converters raise many classes of errors for unsupported operations
        return Exported(name, problem=f"cannot be converted: {_first_line(exc)}")
    size = sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())
    if name == "coreml" and not runs_coreml():
        return Exported(name, path.name, size, note="not run: Core ML runs on macOS only")
    try:
        measured = _measured(path, writer.source.checked)
    except DependencyMissing:
        raise
    except EmoarError as exc:
        return Exported(name, path.name, size, problem=f"does not run: {_first_line(exc)}")
    comparison = compare(reference.outputs, measured.outputs)
    return Exported(name, path.name, size, comparison, measured.latency_ms, _problem(FORMATS[name], comparison))


def _measured(path: Path, faces: FaceBatch) -> Measured:
    predictor = open_predictor(path.resolve())
    try:
        return measure(predictor, faces)
    finally:
        predictor.close()


def _problem(limits: _Format, comparison: Comparison) -> str:
    """The reason why the file must not be used; empty if it agrees with the network."""
    worst = min(comparison.agreement.values())
    if comparison.difference <= limits.tolerance and worst >= limits.least_agreement:
        return ""
    return f"does not agree with the network: largest difference {comparison.difference:.3g}, same label {worst:.1%}"


def _first_line(exc: Exception) -> str:
    return next((line for line in str(exc).splitlines() if line.strip()), type(exc).__name__)[:200]
