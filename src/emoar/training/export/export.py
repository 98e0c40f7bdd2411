"""From a trained network to the files that run: .tflite, .onnx and Core ML, each compared with the network."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from torch import nn

from emoar.errors import DependencyMissing, EmoarError, InputError, OutputError
from emoar.files import output_errors
from emoar.models.metadata import ModelInfo
from emoar.training.data.read import FaceDataset
from emoar.training.export.calibrated import ExportInput, Temperatures, fit_temperatures, prepare
from emoar.training.export.coreml import has_coremltools
from emoar.training.export.disk_space import check_space, parameter_bytes
from emoar.training.export.formats import FormatWriter
from emoar.training.export.manifest import enter_model
from emoar.training.export.tflite import quantize
from emoar.training.export.verify import (
    Comparison,
    Measured,
    Runner,
    compare,
    measure,
    open_coreml,
    open_onnx,
    open_tflite,
    run_network,
)

__all__ = [
    "DEFAULT_FORMATS",
    "FORMATS",
    "Exported",
    "Exports",
    "Temperatures",
    "export",
    "fit_temperatures",
    "info_of",
    "prepare",
    "quantize",
    "ship",
    "wanted_formats",
]


@dataclass(frozen=True)
class _Format:
    suffix: str  # of the file's name after the model's
    open: Callable[[Path, ModelInfo], AbstractContextManager[Runner | None]]
    tolerance: float  # largest difference of a probability that is rounding, and no mistake
    least_agreement: float = 0.99  # of the top labels, in each label set


FORMATS: Final = {
    "tflite": _Format("-float32.tflite", open_tflite, 1e-3),
    "tflite-f16": _Format("-float16.tflite", open_tflite, 5e-2, 0.97),
    "tflite-int8": _Format("-int8.tflite", open_tflite, 1.0, 0.90),
    "onnx": _Format(".onnx", open_onnx, 1e-3),
    "coreml": _Format(".mlpackage", open_coreml, 1e-2),
}
DEFAULT_FORMATS: Final = tuple(FORMATS)


@dataclass(frozen=True)
class Exported:
    """One format of the model, and what came of it."""

    format: str
    file: str = ""  # its name; empty when nothing was written
    size_bytes: int = 0
    comparison: Comparison | None = None  # with the network; None where it cannot be run here
    latency_ms: float | None = None  # median of a face, one thread
    problem: str = ""  # why it was not written, or must not be used
    note: str = ""  # what is to be known of it

    @property
    def good(self) -> bool:
        """Whether it was written, and agrees with the network as far as it could be run."""
        return bool(self.file) and not self.problem


@dataclass(frozen=True)
class Exports:
    """Everything that one export gave."""

    info: ModelInfo
    temperatures: Temperatures
    faces: int  # that the files were checked on
    network_ms: float  # median of a face, PyTorch on one thread
    network_bytes: int  # its parameters as float32
    files: tuple[Exported, ...]


def wanted_formats(text: str) -> tuple[str, ...]:
    """The formats in a list with commas.

    Raises:
        InputError: a name is unknown.
        DependencyMissing: Core ML is asked for by name and coremltools is not installed.
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
    report: Callable[[str], None] = lambda _: None,
) -> Exports:
    """Writes each format and compares it with the network. A format that fails is a row with its problem.

    Args:
        source: the network, what it is, and the faces.
        folder: for the files, `NAME-float32.tflite` and so on.
        formats: of `FORMATS`; Core ML is left out, with a note, where coremltools is not installed.
        report: is told what comes next.

    Raises:
        OutputError: the folder cannot be written.
        DependencyMissing: `litert-torch` is not installed.
    """
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    check_space(folder, source.network)
    report("PyTorch")
    reference = run_network(source)
    with output_errors(folder):
        scratch = tempfile.TemporaryDirectory(dir=folder, prefix=".export-")
    with scratch as name:
        workshop = FormatWriter(source, Path(name), folder)
        files: list[Exported] = []
        for kind in formats:
            report(kind)
            files.append(_one(workshop, kind, reference))
    size = parameter_bytes(source.network)
    return Exports(source.info, source.temperatures, len(source.checked), reference.latency_ms, size, tuple(files))


def ship(network: nn.Module, data: FaceDataset, name: str, folder: Path, info: ModelInfo | None = None) -> Path:
    """Writes `folder/name.tflite` (int8) and enters it, with its sha256, in `folder/manifest.json`.

    Temperatures come from `PublicTest`, calibration faces from `Training`, evenly spaced.

    Args:
        network: gives logits by label set; in evaluation mode.
        data: labelled faces, in the size and colour that the network takes.
        name: of the model.
        folder: for the file.
        info: what the model is; None: what network and data say.
    """
    return ship_prepared(prepare(network, info or info_of(network, data, name), data), name, folder)


def ship_prepared(source: ExportInput, name: str, folder: Path) -> Path:
    """As `ship`, for a network whose faces and temperatures are known."""
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        check_space(folder, source.network)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as scratch:
            workshop = FormatWriter(source, Path(scratch), folder)
            path = workshop.keep(workshop.int8(), f"{name}.tflite")
    enter_model(path, "expression of 468 landmarks" if source.info.kind == "mesh" else None)
    return path


def info_of(network: nn.Module, data: FaceDataset, name: str) -> ModelInfo:
    """What a network is, whose labels and crops are those of the data that it was trained on.

    Raises:
        InputError: it has a head that the data has no labels for.
    """
    heads: list[str] = list(getattr(network, "heads", data.label_sets))
    missing = [head for head in heads if head not in data.label_sets]
    if missing:
        raise InputError(
            f"the network names {missing[0]}, for which the data has no label: give the data of its training"
        )
    labels = {head: data.label_sets[head] for head in heads}
    kind = "mesh" if getattr(network, "kind", "crop") == "mesh" else "crop"
    return ModelInfo(name, kind, labels, data.images.shape[1], 3 if data.colour else 1)


def _one(workshop: FormatWriter, kind: str, reference: Measured) -> Exported:
    """Makes one format and compares it; what goes wrong with this format alone becomes its problem."""
    if kind == "coreml" and not has_coremltools():
        return Exported(kind, note="left out: coremltools is not installed (pip install coremltools)")
    info = workshop.source.info
    try:
        with output_errors(workshop.folder):
            path = workshop.keep(workshop.make(kind), info.name + FORMATS[kind].suffix)
    except (OutputError, DependencyMissing):
        raise
    except Exception as exc:  # a converter that does not know an operation raises whatever it likes
        return Exported(kind, problem=f"cannot be converted: {_first_line(exc)}")
    size = sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())
    try:
        with FORMATS[kind].open(path, info) as run:
            if run is None:
                return Exported(kind, path.name, size, note="not run: Core ML runs on macOS only")
            measured = measure(run, workshop.source.checked, info.heads)
    except DependencyMissing:
        raise
    except EmoarError as exc:
        return Exported(kind, path.name, size, problem=f"does not run: {_first_line(exc)}")
    comparison = compare(reference.outputs, measured.outputs)
    return Exported(kind, path.name, size, comparison, measured.latency_ms, _problem(FORMATS[kind], comparison))


def _problem(kind: _Format, comparison: Comparison) -> str:
    """Why the file must not be used; empty when it agrees with the network."""
    worst = min(comparison.agreement.values())
    if comparison.difference <= kind.tolerance and worst >= kind.least_agreement:
        return ""
    return f"does not agree with the network: largest difference {comparison.difference:.3g}, same label {worst:.1%}"


def _first_line(exc: Exception) -> str:
    return next((line for line in str(exc).splitlines() if line.strip()), type(exc).__name__)[:200]
