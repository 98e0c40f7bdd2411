"""All checks of labelled faces on one dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, InputError
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.clean.duplicates import copy_findings, find_copies
from emoar.training.clean.findings import FINDINGS, Finding, Findings
from emoar.training.clean.imbalance import imbalance
from emoar.training.clean.out_of_fold import out_of_fold, read_predictions
from emoar.training.clean.perceptual_hash import perceptual_hashes
from emoar.training.clean.single_faces import ambiguous, blank, is_blank, no_face, not_a_face, profile
from emoar.training.clean.watermark import watermark_scores, watermarks
from emoar.training.clean.wrong_labels import wrong_labels
from emoar.training.data.face_dataset import FaceDataset, label_set_preference
from emoar.training.data.targets import NO_LABEL
from emoar.training.faces.landmarks import CropLandmarks, crop_landmarks

__all__ = ["CleanOptions", "clean"]


@dataclass(frozen=True)
class CleanOptions:
    """Options of `clean`.

    Raises:
        InputError: `skip` has a name that is not in `FINDINGS`.
    """

    label_set: str | None = None  # label set to check; None is the preferred one of the data
    skip: frozenset[str] = field(default_factory=frozenset[str])  # names of findings to leave out
    predictions: Path | None = None  # .npz of out-of-fold predictions; None trains classifiers for them
    cache: Path | None = None  # folder for cached landmarks, which need most of the time; None disables the cache

    def __post_init__(self) -> None:
        unknown = sorted(self.skip - FINDINGS.keys())
        if unknown:
            raise InputError(f"no such finding: {', '.join(unknown)}; there are {', '.join(FINDINGS)}")


def clean(data: FaceDataset, options: CleanOptions | None = None, progress: Progress = NO_PROGRESS) -> Findings:
    """Runs all checks and returns their findings in the order of `FINDINGS`, then of rows.

    Args:
        data: labelled faces.
        options: label set, checks to skip, predictions and cache; None uses the defaults.
        progress: advances with each check.

    Raises:
        DataError: the data has no labels or no such label set, or the predictions do not fit.
        DependencyMissing: the check of wrong labels needs the `clean` extra.
        ModelMissing: the public mesh model is not on this machine.
        OutputError: the cache cannot be written.
    """
    options = options or CleanOptions()
    label_set = _label_set(data, options.label_set)
    mesh = crop_landmarks(data.images, options.cache, progress=progress)
    copies = find_copies(data.images, ~is_blank(data.images), progress)
    checks: dict[str, Callable[[], Iterable[Finding]]] = {
        "blank": lambda: blank(data),
        "not_a_face": lambda: not_a_face(data),
        "no_face": lambda: no_face(data, mesh),
        "copies": lambda: copy_findings(data, copies, label_set),
        "profile": lambda: profile(data, mesh, progress),
        "ambiguous": lambda: ambiguous(data),
        "wrong_label": lambda: _wrong(data, mesh, label_set, copies.groups, options.predictions, progress),
        "watermark": lambda: watermarks(data, watermark_scores(data.images, progress)),
        "imbalance": lambda: imbalance(data, label_set),
    }
    items = [
        item
        for name, check in checks.items()
        if name not in options.skip
        for item in check()
        if item.name not in options.skip
    ]
    rows = {item.row for item in items if item.row is not None}
    places = np.flatnonzero(np.isin(data.rows, list(rows)))
    hashes = dict(zip(data.rows[places].tolist(), perceptual_hashes(data.images[places]).tolist(), strict=True))
    order = {name: index for index, name in enumerate(FINDINGS)}
    items.sort(key=lambda item: (order[item.name], -1 if item.row is None else item.row))
    return Findings(tuple(items), label_set, hashes, data.name)


def _label_set(data: FaceDataset, wanted: str | None) -> str:
    known = data.label_sets
    if not known:
        raise DataError("no face of the data has a label: sort the images into folders named after expressions")
    if wanted is None:
        return min(known, key=label_set_preference)
    if wanted not in known:
        raise DataError(f"the data has no labels of {wanted}: it has {', '.join(known)}")
    return wanted


def _wrong(
    data: FaceDataset,
    mesh: CropLandmarks,
    label_set: str,
    groups: NDArray[np.int64],
    predictions: Path | None,
    progress: Progress,
) -> Iterable[Finding]:
    if predictions is not None:
        probabilities = read_predictions(predictions, data, label_set)
    else:
        probabilities = out_of_fold(data, mesh, label_set, groups, progress)
    if probabilities is None or (data.truth(label_set) != NO_LABEL).sum() < 2:
        return ()
    return wrong_labels(data, label_set, probabilities)
