"""The predictions of an evaluation as a Parquet table, one row per face."""

from __future__ import annotations

import io
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from emoar.errors import DependencyMissing
from emoar.files import atomic_write
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.predictions import Predictions
from emoar.training.evaluation.results import Evaluation

__all__ = ["prediction_columns", "require_pyarrow", "write_predictions"]


def require_pyarrow() -> Any:
    """Imports pyarrow.

    Raises:
        DependencyMissing: pyarrow is not installed.
    """
    try:
        return import_module("pyarrow")
    except ImportError as exc:
        raise DependencyMissing("writing Parquet needs pyarrow: pip install 'emoar[data]'") from exc


def prediction_columns(found: Evaluation) -> dict[str, list[Any]]:
    """The columns by name, with one value per face and None for missing values.

    The columns are `row`, `split`, and for each label set `SET_truth`, `SET_predicted` and a probability `SET_p_LABEL`
    for each label, with `SET_flip_p_LABEL` and `SET_pipeline_p_LABEL` if the options request them.
    """
    columns: dict[str, list[Any]] = {"row": found.faces.rows.tolist(), "split": found.faces.split.tolist()}
    ways = {"": found.predictions, "flip_": found.flipped, "pipeline_": found.through}
    for name, result in found.sets.items():
        columns[f"{name}_truth"] = [
            None if place == NO_LABEL else result.labels[place] for place in map(int, result.truth)
        ]
        columns[f"{name}_predicted"] = _predicted(found.predictions, name, result.labels)
        for way, predictions in ways.items():
            if predictions is not None:
                columns |= _probabilities(predictions, name, f"{name}_{way}p_", result.labels)
    return columns


def write_predictions(found: Evaluation, path: Path) -> None:
    """Writes the table, with the model, the split and the label sets in its metadata.

    Raises:
        DependencyMissing: pyarrow is not installed.
        OutputError: the file cannot be written.
    """
    arrow = require_pyarrow()
    about = {
        "model": found.model,
        "split": found.options.split,
        "label_sets": {name: list(result.labels) for name, result in found.sets.items()},
    }
    texts = {"split", *(f"{name}_{column}" for name in found.sets for column in ("truth", "predicted"))}
    kinds = {"row": arrow.int64(), **dict.fromkeys(texts, arrow.string())}
    columns = {
        name: arrow.array(values, kinds.get(name, arrow.float32()))
        for name, values in prediction_columns(found).items()
    }
    table = arrow.table(columns).replace_schema_metadata({"emoar.predictions": json.dumps(about)})
    out = io.BytesIO()
    import_module("pyarrow.parquet").write_table(table, out, compression="zstd")
    atomic_write(path, out.getvalue())


def _predicted(predictions: Predictions, name: str, labels: tuple[str, ...]) -> list[str | None]:
    best = np.nan_to_num(predictions.probabilities[name]).argmax(axis=1)
    return [labels[i] if there else None for i, there in zip(best.tolist(), predictions.found.tolist(), strict=True)]


def _probabilities(
    predictions: Predictions, name: str, prefix: str, labels: tuple[str, ...]
) -> dict[str, list[float | None]]:
    values = predictions.probabilities[name]
    return {
        f"{prefix}{label}": [None if np.isnan(p) else p for p in values[:, index].tolist()]
        for index, label in enumerate(labels)
    }
