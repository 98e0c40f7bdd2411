"""What the teachers say of each training face: the soft targets of distillation."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import torch
from numpy.typing import NDArray

from emoar.errors import DataError, TrainingError
from emoar.models.expression import expression_model
from emoar.perception.ensemble import ExpressionEnsemble
from emoar.training.checkpoint import load_network
from emoar.training.data.read import FaceDataset
from emoar.training.loop.batches import to_input

__all__ = ["Probabilities", "teach"]

Probabilities = dict[str, NDArray[np.float32]]  # label set -> (N, labels)
Report = Callable[[str, int, int], None]  # the teacher's name, faces done, faces in all
_BATCH: Final = 256


def teach(
    teachers: Sequence[str],
    data: FaceDataset,
    cache: Path,
    report: Report = lambda _name, _done, _all: None,
) -> Probabilities:
    """The mean of what the teachers say of each face and of its mirror image, by label set.

    A label set counts the teachers that know it; sets that none knows are left out.

    Args:
        teachers: names of shipped models, .tflite files, checkpoints (.pt), or .npz with `rows` (M,) and an (M, labels)
            array for each label set: predictions that somebody else made, out of fold perhaps.
        data: the faces.
        cache: a folder, where each answer is kept.
        report: called as faces are done.

    Raises:
        TrainingError: a teacher knows none of the label sets of the data, or its .npz does not fit.
        ModelMissing: there is no such model.
    """
    known: dict[str, list[NDArray[np.float32]]] = {}
    for teacher in teachers:
        said = _kept(teacher, data, cache, report)
        shared = [
            name for name, labels in data.label_sets.items() if name in said and said[name].shape[1] == len(labels)
        ]
        if not shared:
            raise TrainingError(f"teacher {teacher} knows none of {', '.join(data.label_sets)}: take another")
        for name in shared:
            known.setdefault(name, []).append(said[name])
    return {name: np.stack(answers).mean(axis=0).astype(np.float32) for name, answers in known.items()}


def _kept(teacher: str, data: FaceDataset, cache: Path, report: Report) -> Probabilities:
    if teacher.endswith(".npz"):
        return _from_npz(Path(teacher), data)
    path = cache / f"teacher-{Path(teacher).stem}-{_digest(teacher, data)}.npz"
    if path.exists():
        return dict(np.load(path))
    run = _run_checkpoint if teacher.endswith(".pt") else _run_model
    said = run(teacher, data, lambda done: report(teacher, done, len(data)))
    cache.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as out:
        np.savez(out, **cast("dict[str, Any]", said))
    partial.replace(path)
    return said


def _run_model(teacher: str, data: FaceDataset, done: Callable[[int], None]) -> Probabilities:
    ensemble = ExpressionEnsemble(expression_model(teacher))
    said: dict[str, list[NDArray[np.float32]]] = {name: [] for name in ensemble.label_sets}
    for count, image in enumerate(data.images, start=1):
        views = [ensemble.classify_crop(view) for view in (image, np.ascontiguousarray(image[:, ::-1]))]
        for name, rows in said.items():
            rows.append((views[0][name] + views[1][name]) / np.float32(2))
        done(count)
    ensemble.close()
    return {name: np.stack(rows) for name, rows in said.items()}


@torch.no_grad()
def _run_checkpoint(teacher: str, data: FaceDataset, done: Callable[[int], None]) -> Probabilities:
    network = load_network(Path(teacher))
    said: dict[str, list[NDArray[np.float32]]] = {}
    for start in range(0, len(data), _BATCH):
        faces = to_input(data.images[start : start + _BATCH])
        plain, mirrored = network(faces), network(faces.flip(-1))
        for name, logits in plain.items():
            mean = (logits.softmax(1) + mirrored[name].softmax(1)) / 2
            said.setdefault(name, []).append(mean.numpy())
        done(min(start + _BATCH, len(data)))
    return {name: np.concatenate(rows) for name, rows in said.items()}


def _from_npz(path: Path, data: FaceDataset) -> Probabilities:
    try:
        arrays: Mapping[str, NDArray[Any]] = dict(np.load(path))
        place = {int(row): index for index, row in enumerate(arrays["rows"])}
        index = np.array([place[int(row)] for row in data.rows])
    except (OSError, ValueError) as exc:
        raise DataError(f"{path} is not a readable .npz: {exc}") from exc
    except KeyError as exc:
        raise TrainingError(f"{path} has no answer for row {exc.args[0]}: it was made from other data") from exc
    return {name: values[index].astype(np.float32) for name, values in arrays.items() if name != "rows"}


def _digest(teacher: str, data: FaceDataset) -> str:
    """Of the faces and of the teacher itself: several runs have a `final.pt`, and a shipped model has its versions."""
    checkpoint = teacher.endswith(".pt")
    files = [Path(teacher)] if checkpoint else [member.path for member in expression_model(teacher).members]
    digest = hashlib.sha256(np.ascontiguousarray(data.images).data)
    try:
        for file in files:
            digest.update(file.read_bytes())
    except OSError as exc:
        raise TrainingError(f"teacher {teacher} cannot be read: {exc.strerror}; give another path") from exc
    return digest.hexdigest()[:12]
