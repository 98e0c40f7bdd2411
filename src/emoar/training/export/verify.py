"""Whether an exported file says what the network says, and how fast, on real faces."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false
# (torch and the runtimes are typed only in part)
from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from emoar.errors import DependencyMissing
from emoar.models.metadata import ModelInfo
from emoar.perception.classifier import ExpressionClassifier
from emoar.training.export.calibrated import ExportInput
from emoar.training.faces.inputs import Faces, to_batch

__all__ = [
    "Comparison",
    "Measured",
    "Runner",
    "compare",
    "measure",
    "open_coreml",
    "open_onnx",
    "open_tflite",
    "run_network",
]

_WARM_UP: Final = 5

Outputs = Mapping[str, NDArray[np.float32]]  # label set -> (N, labels) probabilities
Runner = Callable[[Any], Mapping[str, NDArray[np.float32]]]  # one face -> (labels,) probabilities by label set


@dataclass(frozen=True, eq=False)
class Measured:
    """What a model said of all checked faces, and what a face took."""

    outputs: Outputs
    latency_ms: float  # median, one thread


@dataclass(frozen=True)
class Comparison:
    """An export beside the network itself."""

    difference: float  # largest, of any probability of any face
    agreement: Mapping[str, float] = field(default_factory=dict[str, float])  # 0..1 by label set: the same top label


def compare(reference: Outputs, outputs: Outputs) -> Comparison:
    """The largest difference of a probability, and the share of the faces with the same most probable label."""
    return Comparison(
        max(float(np.abs(reference[name] - outputs[name]).max()) for name in reference),
        {name: float((p.argmax(axis=1) == outputs[name].argmax(axis=1)).mean()) for name, p in reference.items()},
    )


def measure(run: Runner, faces: Faces, heads: Mapping[str, tuple[str, ...]]) -> Measured:
    """Runs a model on each of N faces, one after the other."""
    for face in faces[:_WARM_UP]:
        run(face)
    said: dict[str, list[NDArray[np.float32]]] = {name: [] for name in heads}
    times_ms: list[float] = []
    for face in faces:
        started = time.perf_counter()
        result = run(face)
        times_ms.append(1e3 * (time.perf_counter() - started))
        for name in heads:
            said[name].append(result[name])
    return Measured({name: np.stack(rows) for name, rows in said.items()}, statistics.median(times_ms))


def run_network(source: ExportInput) -> Measured:
    """The network itself, in PyTorch on one thread: what the exports are compared with."""
    net = source.net()

    def run(face: Any) -> dict[str, NDArray[np.float32]]:
        tensor = torch.from_numpy(to_batch(face[None], channels_first=False))
        return {name: p[0].numpy() for name, p in net(tensor).items()}

    with torch.no_grad(), _one_thread():
        return measure(run, source.checked, source.info.heads)


@contextmanager
def open_tflite(path: Path, info: ModelInfo) -> Generator[Runner | None]:
    """A runner of a .tflite, through the same class that the pipeline uses."""
    classifier = ExpressionClassifier(path)
    try:
        yield classifier.classify
    finally:
        classifier.close()


@contextmanager
def open_onnx(path: Path, info: ModelInfo) -> Generator[Runner | None]:
    """A runner of an .onnx in ONNX Runtime on the CPU.

    Raises:
        DependencyMissing: `onnxruntime` is not installed.
    """
    try:
        import onnxruntime
    except ImportError as exc:
        raise DependencyMissing("checking ONNX needs onnxruntime: pip install 'emoar[train]'") from exc
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def run(face: Any) -> dict[str, NDArray[np.float32]]:
        said = session.run(list(info.heads), {name: to_batch(face[None], channels_first=True)})
        return {head: p[0] for head, p in zip(info.heads, said, strict=True)}

    yield run


@contextmanager
def open_coreml(path: Path, info: ModelInfo) -> Generator[Runner | None]:
    """A runner of a .mlpackage; None where Core ML does not run, which is anywhere but on macOS."""
    if sys.platform != "darwin":
        yield None
        return
    import coremltools

    model = coremltools.models.MLModel(str(path), compute_units=coremltools.ComputeUnit.CPU_ONLY)
    name = "landmarks" if info.kind == "mesh" else "face"

    def run(face: Any) -> dict[str, NDArray[np.float32]]:
        said = model.predict({name: to_batch(face[None], channels_first=True)})
        return {head: np.asarray(said[head], np.float32).reshape(-1) for head in info.heads}

    yield run


@contextmanager
def _one_thread() -> Generator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
