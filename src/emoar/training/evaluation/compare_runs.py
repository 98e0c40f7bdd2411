"""What runs of `emoar train` gave and cost, side by side; a run may still be going on."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from emoar.errors import DataError
from emoar.models.metadata import ModelInfo
from emoar.perception.classifier import ExpressionClassifier
from emoar.training.checkpoint import load_network, read_state
from emoar.training.data.read import FaceDataset
from emoar.training.evaluation.evaluate import evaluate
from emoar.training.evaluation.metrics import rounded
from emoar.training.evaluation.predictor import open_predictor
from emoar.training.evaluation.results import EvaluateOptions, LabelSetResult
from emoar.training.export.verify import measure, open_tflite
from emoar.training.networks.cost import Cost, count_cost, sample_face

__all__ = ["ComparedRun", "Epoch", "compare_runs", "read_history"]

_TIMED_FACES: Final = 300
_HISTORY: Final = "history.jsonl"
_CHECKPOINTS: Final = ("final.pt", "last.pt")

Report = Callable[[str, int, int], None]  # what is done, how far, of how much


@dataclass(frozen=True)
class Epoch:
    """One line of a run's history."""

    number: int  # from 1
    loss: float
    elapsed_s: float  # since the process started: less than the line before where the run was resumed
    accuracy: Mapping[str, float]  # by label set: top-1 on PublicTest


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """One run; None where it has no such thing (yet)."""

    name: str
    architecture: str | None
    epochs: int  # done
    planned: int | None  # in its recipe
    finished: bool  # it has a final.pt, or shipped its model
    history: tuple[Epoch, ...]
    cost: Cost | None
    model: Path | None  # its .tflite
    size_bytes: int | None  # of the .tflite
    latency_ms: float | None  # of the .tflite, one face, one thread, median
    scores: Mapping[str, LabelSetResult]  # by label set; empty without data

    @property
    def seconds_an_epoch(self) -> float | None:
        """The median; the first epoch of a process, with what comes before it, counts only if there is no other."""
        times = [epoch.elapsed_s for epoch in self.history]
        steps = [later - earlier for earlier, later in pairwise(times) if later > earlier]
        return statistics.median(steps or times) if times else None

    @property
    def accuracy(self) -> dict[str, float]:
        """Top-1 by label set: as measured on the data, else on PublicTest when the kept weights were reached."""
        if self.scores:
            return {name: result.score.accuracy for name, result in self.scores.items()}
        reached = [epoch for epoch in self.history if epoch.number <= self.epochs]
        return dict(reached[-1].accuracy) if reached else {}

    @property
    def macro_f1(self) -> dict[str, float]:
        """By label set; empty without data."""
        return {name: result.score.macro_f1 for name, result in self.scores.items()}

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        seconds = self.seconds_an_epoch
        return {
            "name": self.name,
            "architecture": self.architecture,
            "epochs": self.epochs,
            "planned_epochs": self.planned,
            "finished": self.finished,
            "seconds_an_epoch": None if seconds is None else round(seconds, 2),
            "accuracy": {name: rounded(value) for name, value in self.accuracy.items()},
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
    report: Report = lambda _what, _done, _all: None,
) -> list[ComparedRun]:
    """Reads each run, and measures its model's speed.

    Args:
        folders: of runs, as `emoar train -o` made them.
        data: also judges the faces of `split` with each run's .tflite, or its checkpoint where there is none.
        split: of the data; `PublicTest`, since runs are compared in order to choose.
        report: called as the work goes on.

    Raises:
        DataError: a folder is no run, its history is damaged, or the data does not fit.
        TrainingError: a checkpoint is damaged or of another version.
        ModelMismatch: the .tflite of a run is no expression model.
    """
    folders = list({folder.resolve(): folder for folder in folders}.values())
    names = [folder.resolve().name for folder in folders]
    shown = [str(folder) if names.count(name) > 1 else name for folder, name in zip(folders, names, strict=True)]
    for folder in folders:
        _check(folder)
    return [_read(folder, name, data, split, report) for folder, name in zip(folders, shown, strict=True)]


def read_history(folder: Path) -> tuple[Epoch, ...]:
    """The epochs of a run, by ascending number; none where it has not finished one.

    Raises:
        DataError: a line is damaged.
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


def _read(folder: Path, name: str, data: FaceDataset | None, split: str, report: Report) -> ComparedRun:
    history = read_history(folder)
    checkpoint = next((folder / file for file in _CHECKPOINTS if (folder / file).is_file()), None)
    state = read_state(checkpoint) if checkpoint else None
    recipe: Mapping[str, Any] = state["recipe"] if state else {}
    architecture = str(recipe["architecture"]) if "architecture" in recipe else None
    model = _model_file(folder, architecture)
    judged = model or checkpoint
    scores: Mapping[str, LabelSetResult] = {}
    if judged and data:
        scores = _scores(judged, data, split, lambda what, done, count: report(f"{name}: {what}", done, count))
    return ComparedRun(
        name=name,
        architecture=architecture,
        epochs=int(state["epoch"]) if state else history[-1].number,
        planned=int(recipe["epochs"]) if "epochs" in recipe else None,
        finished=model is not None or (folder / "final.pt").is_file(),
        history=history,
        cost=_cost(checkpoint, recipe) if checkpoint else None,
        model=model,
        size_bytes=model.stat().st_size if model else None,
        latency_ms=_latency_ms(model) if model else None,
        scores=scores,
    )


def _model_file(folder: Path, architecture: str | None) -> Path | None:
    """What the run shipped: the file named after its architecture, else an int8 one, else any."""
    files = sorted(folder.glob("*.tflite"))
    named = [file for file in files if file.stem == architecture]
    small = [file for file in files if "int8" in file.stem]
    return next(iter((*named, *small, *files)), None)


def _cost(checkpoint: Path, recipe: Mapping[str, Any]) -> Cost:
    network = load_network(checkpoint)
    kind = "mesh" if getattr(network, "kind", "crop") == "mesh" else "crop"
    info = ModelInfo("", kind, size_px=int(recipe.get("size_px", 48)), channels=int(recipe.get("channels", 1)))
    return count_cost(network, sample_face(info))


def _latency_ms(model: Path) -> float:
    classifier = ExpressionClassifier(model)
    info = classifier.info
    classifier.close()
    rng = np.random.default_rng(0)
    if info.kind == "mesh":
        faces = rng.uniform(1, 200, (_TIMED_FACES, 468, 3)).astype(np.float32)
    else:
        colour = (3,) if info.channels == 3 else ()
        faces = rng.integers(0, 256, (_TIMED_FACES, info.size_px, info.size_px, *colour), np.uint8)
    with open_tflite(model, info) as run:
        assert run is not None
        return measure(run, faces, info.heads).latency_ms


def _scores(model: Path, data: FaceDataset, split: str, report: Report) -> Mapping[str, LabelSetResult]:
    predictor = open_predictor(str(model.resolve()), data)
    try:
        return evaluate(predictor, data, EvaluateOptions(split), report).sets
    finally:
        predictor.close()
