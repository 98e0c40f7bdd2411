"""Comparison of runs of `emoar train`: accuracy, speed and cost. Unfinished runs are allowed."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from emoar.errors import DataError
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.checkpoint import Checkpoint
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.evaluation.evaluate import evaluate
from emoar.training.evaluation.latency import measure
from emoar.training.evaluation.metrics import rounded
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.predictor_tflite import TflitePredictor
from emoar.training.evaluation.results import EvaluateOptions, LabelSetResult
from emoar.training.faces.inputs import example_faces
from emoar.training.networks.cost import Cost, network_cost

__all__ = ["ComparedRun", "Epoch", "compare_runs", "read_history"]

_TIMED_FACES: Final = 300
_HISTORY: Final = "history.jsonl"
_CHECKPOINTS: Final = ("final.pt", "last.pt")


@dataclass(frozen=True)
class Epoch:
    """One line of a run's history."""

    number: int  # from 1
    loss: float  # mean training loss
    elapsed_s: float  # since the process started training; restarts near 0 where the run was resumed
    accuracy: Mapping[str, float]  # by label set: top-1 on PublicTest, 0..1


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """The values of one run; None where a value is not available."""

    name: str
    architecture: str | None
    epochs: int  # completed epochs
    planned: int | None  # epochs of its recipe
    finished: bool  # whether it has a final.pt or an exported model
    history: tuple[Epoch, ...]
    cost: Cost | None
    model: Path | None  # exported .tflite
    size_bytes: int | None  # size of the .tflite
    latency_ms: float | None  # median latency of the .tflite for one face on one thread
    scores: Mapping[str, LabelSetResult]  # results on the data by label set; empty without data

    @property
    def seconds_an_epoch(self) -> float | None:
        """The median duration of an epoch; first epochs of a process, which include its start, are the last resort."""
        times = [epoch.elapsed_s for epoch in self.history]
        steps = [later - earlier for earlier, later in pairwise(times) if later > earlier]
        return statistics.median(steps or times) if times else None

    @property
    def accuracy(self) -> dict[str, float]:
        """Top-1 accuracy by label set, 0..1: on the data, or else on PublicTest at the epoch of the checkpoint."""
        if self.scores:
            return {name: result.score.accuracy for name, result in self.scores.items()}
        reached = [epoch for epoch in self.history if epoch.number <= self.epochs]
        return dict(reached[-1].accuracy) if reached else {}

    @property
    def balanced_accuracy(self) -> dict[str, float]:
        """Balanced accuracy by label set, 0..1; empty without data."""
        return {name: result.score.balanced_accuracy for name, result in self.scores.items()}

    @property
    def macro_f1(self) -> dict[str, float]:
        """Macro-F1 by label set, 0..1; empty without data."""
        return {name: result.score.macro_f1 for name, result in self.scores.items()}

    def as_dict(self) -> dict[str, Any]:
        """The values for JSON."""
        seconds = self.seconds_an_epoch
        return {
            "name": self.name,
            "architecture": self.architecture,
            "epochs": self.epochs,
            "planned_epochs": self.planned,
            "finished": self.finished,
            "seconds_an_epoch": None if seconds is None else round(seconds, 2),
            "accuracy": {name: rounded(value) for name, value in self.accuracy.items()},
            "balanced_accuracy": {name: rounded(value) for name, value in self.balanced_accuracy.items()},
            "macro_f1": {name: rounded(value) for name, value in self.macro_f1.items()},
            "parameters": self.cost.parameters if self.cost else None,
            "macs": self.cost.macs if self.cost else None,
            "model": self.model.name if self.model else None,
            "size_bytes": self.size_bytes,
            "latency_ms": None if self.latency_ms is None else round(self.latency_ms, 4),
        }


def compare_runs(
    folders: Sequence[Path],
    data: FaceDataset | None = None,
    split: str = "PublicTest",
    progress: Progress = NO_PROGRESS,
) -> list[ComparedRun]:
    """Reads each run, measures the latency of its .tflite and, with data, its accuracy.

    Args:
        folders: output folders of `emoar train`; repeated folders count once.
        data: faces for evaluating the .tflite of each run, or its checkpoint where there is no .tflite.
        split: split of the data; by default `PublicTest`, since a comparison selects a model.
        progress: advances with the faces of each evaluation.

    Raises:
        DataError: a folder is not a run, its history is damaged, or the data does not fit.
        TrainingError: a checkpoint is damaged or from another version.
        ModelMismatch: the .tflite of a run is not an expression model.
        ModelMissing: a model takes landmarks, and the public mesh model is not on this machine.
        DependencyMissing: the architecture of a run needs timm, which is not installed.
    """
    folders = list({folder.resolve(): folder for folder in folders}.values())
    names = [folder.resolve().name for folder in folders]
    shown = [str(folder) if names.count(name) > 1 else name for folder, name in zip(folders, names, strict=True)]
    for folder in folders:
        _check(folder)
    return [_read(folder, name, data, split, progress) for folder, name in zip(folders, shown, strict=True)]


def read_history(folder: Path) -> tuple[Epoch, ...]:
    """The completed epochs of a run in ascending order.

    Raises:
        DataError: the history cannot be read, or a line is damaged.
    """
    path = folder / _HISTORY
    try:
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
    except (OSError, UnicodeDecodeError) as exc:
        raise DataError(f"{path} cannot be read: {exc}") from exc
    epochs: dict[int, Epoch] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            epoch = _epoch(line, f"{path} line {number}")
            epochs[epoch.number] = epoch
    return tuple(epochs[number] for number in sorted(epochs))


def _epoch(line: str, where: str) -> Epoch:
    try:
        row: dict[str, Any] = json.loads(line)
        accuracy = {str(name): float(value) for name, value in row["accuracy"].items()}
        return Epoch(int(row["epoch"]), float(row["loss"]), float(row["elapsed_s"]), accuracy)
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise DataError(f"{where} is no epoch of emoar train ({exc}): remove that line, or leave the run out") from exc


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder: name the folders of runs, as given to emoar train -o")
    if not any((folder / name).is_file() for name in (_HISTORY, *_CHECKPOINTS)):
        raise DataError(f"{folder} is no run of emoar train: it has neither {_HISTORY} nor a checkpoint")


def _read(folder: Path, name: str, data: FaceDataset | None, split: str, progress: Progress) -> ComparedRun:
    history = read_history(folder)
    path = next((folder / file for file in _CHECKPOINTS if (folder / file).is_file()), None)
    checkpoint = Checkpoint.load(path) if path else None
    architecture = checkpoint.architecture if checkpoint else None
    model = _model_file(folder, architecture)
    measured = model or path
    scores: Mapping[str, LabelSetResult] = {}
    if measured and data:
        scores = _scores(measured, data, split, lambda task, done, total: progress(f"{name}: {task}", done, total))
    return ComparedRun(
        name=name,
        architecture=architecture,
        epochs=checkpoint.epoch if checkpoint else history[-1].number,
        planned=int(checkpoint.recipe["epochs"]) if checkpoint and "epochs" in checkpoint.recipe else None,
        finished=model is not None or (folder / "final.pt").is_file(),
        history=history,
        cost=network_cost(checkpoint.network()) if checkpoint else None,
        model=model,
        size_bytes=model.stat().st_size if model else None,
        latency_ms=_latency_ms(model) if model else None,
        scores=scores,
    )


def _model_file(folder: Path, architecture: str | None) -> Path | None:
    """The exported .tflite of a run: preferably named after the architecture, then int8, then any other."""
    files = sorted(folder.glob("*.tflite"))
    named = [file for file in files if file.stem == architecture]
    small = [file for file in files if "int8" in file.stem]
    return next(iter((*named, *small, *files)), None)


def _latency_ms(model: Path) -> float:
    predictor = TflitePredictor(model.resolve())
    try:
        return measure(predictor, example_faces(predictor.inputs, _TIMED_FACES)).latency_ms
    finally:
        predictor.close()


def _scores(model: Path, data: FaceDataset, split: str, progress: Progress) -> Mapping[str, LabelSetResult]:
    predictor = open_predictor(model.resolve())
    try:
        return evaluate(predictor, data, EvaluateOptions(split), progress).sets
    finally:
        predictor.close()
