"""Three runs as `emoar train compare` reads them: just started, finished, and measured on data."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from emoar.training.evaluation.compare_runs import ComparedRun, Epoch
from emoar.training.evaluation.coverage import Coverage
from emoar.training.networks.cost import Cost


def _run(name: str, **values: Any) -> ComparedRun:
    nothing: dict[str, Any] = dict.fromkeys(("architecture", "planned", "cost", "model", "size_bytes", "latency_ms"))
    return ComparedRun(**{"name": name, "finished": True, "history": (), "scores": {}, **nothing, **values})


def _history(*accuracies: float) -> tuple[Epoch, ...]:
    return tuple(Epoch(n, 2 / n, 3.0 * n, {"fer2013": accuracy}) for n, accuracy in enumerate(accuracies, start=1))


STARTED = _run("_new", epochs=2, finished=False, history=_history(0.3, 0.4))
FINISHED = _run(
    "runs/<one>",
    epochs=3,
    planned=8,
    architecture="emoar-s",
    history=_history(0.3, 0.5, 0.6),
    cost=Cost(680_000, 46_400_000),
    model=Path("emoar-s.tflite"),
    size_bytes=800_000,
    latency_ms=0.25,
)
_ENDS: Any = SimpleNamespace(
    accuracy=np.array([0.4, 0.65]), balanced_accuracy=np.array([0.35, 0.55]), macro_f1=np.array([0.3, 0.5])
)
_COVERAGE: Any = Coverage(np.array([1.0, 1.0, 1.0, 0.75, 0.5]))
_SCORE: Any = SimpleNamespace(accuracy=0.5, balanced_accuracy=0.45, macro_f1=0.4, coverage=_COVERAGE)
_RESULT: Any = SimpleNamespace(score=_SCORE, intervals=_ENDS)
MEASURED = _run("measured", epochs=1, scores={"ferplus": _RESULT})
