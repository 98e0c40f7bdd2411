"""Out-of-fold predictions from cross-validation: no face is predicted by a classifier that was trained on it.

Copies of a face are in the same fold. The shipped models overfit the Training faces, so they cannot detect wrong labels
there. This fast classifier has an accuracy of 57 % on FER2013's PublicTest. Better predictions, such as those of a
network trained per fold, can be read from an .npz.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, DependencyMissing
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.clean.features import PrincipalComponents, gradient_histograms, mesh_shapes
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.faces.landmarks import CropLandmarks

__all__ = ["folds_of", "out_of_fold", "read_predictions"]

FOLDS: Final = 4
TEXTURE, SHAPE = 300, 40  # numbers of principal components of gradients and of mesh shapes
HIDDEN: Final = 256  # units of the hidden layer
STEPS: Final = 1200  # training steps of 256 faces; the number of epochs follows from it, within 12..200


def out_of_fold(
    data: FaceDataset,
    mesh: CropLandmarks,
    label_set: str,
    groups: NDArray[np.int64],
    progress: Progress = NO_PROGRESS,
) -> NDArray[np.float32] | None:
    """(N, C) out-of-fold probabilities; None if there are fewer than two classes, or a class with one face only.

    The folds divide the labelled Training faces, or all labelled faces without Training. All other faces get the mean
    of the models of all folds, so no model is trained on a test split.

    Args:
        data: the faces.
        mesh: their landmarks.
        label_set: label set to predict.
        groups: (N,) group of each face, from `Copies`.
        progress: advances with each fold.

    Raises:
        DependencyMissing: scikit-learn is not installed.
    """
    truth = data.truth(label_set)
    learn = (data.split == "Training") & (truth != NO_LABEL)
    if not learn.any():
        learn = truth != NO_LABEL
    count = len(data.label_sets[label_set])
    sizes = np.bincount(truth[learn], minlength=count)
    folds = min(FOLDS, int(sizes[sizes > 0].min(initial=FOLDS)))
    if folds < 2 or (sizes > 0).sum() < 2:
        return None
    place = np.full(len(data), -1)
    place[learn] = folds_of(truth[learn], groups[learn], folds)
    features = _features(data, mesh, learn)
    answer = np.zeros((len(data), count), np.float32)
    for fold in range(folds):
        model = _fit(features[learn & (place != fold)], truth[learn & (place != fold)])
        held = place == fold
        answer[held] = _predict(model, features[held], count)
        answer[~learn] += _predict(model, features[~learn], count) / folds
        progress("classifier", fold + 1, folds)
    return answer


def folds_of(truth: NDArray[np.int64], groups: NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    """(N,) fold of each face, 0..folds - 1; deterministic, stratified by class, with each group in one fold.

    Args:
        truth: (N,) label indices.
        groups: (N,) group of each face.
        folds: number of folds.
    """
    rng = np.random.default_rng(0)
    firsts = np.unique(groups, return_index=True)[1]
    by_group: dict[int, int] = {}
    for label in np.unique(truth[firsts]):
        members = rng.permutation(groups[firsts][truth[firsts] == label])
        start = int(rng.integers(folds))
        by_group |= {int(group): (start + i) % folds for i, group in enumerate(members)}
    return np.array([by_group[int(group)] for group in groups], np.int64)


def read_predictions(path: Path, data: FaceDataset, label_set: str) -> NDArray[np.float32]:
    """(N, C) probabilities from an .npz with `rows` (M,) and an (M, C) array with the name of the label set.

    Raises:
        DataError: the file cannot be read or has other arrays, a row of the data is missing, or values are not
            probabilities.
    """
    try:
        with np.load(path) as file:
            arrays = {name: np.asarray(file[name]) for name in file.files}
    except (OSError, ValueError, EOFError) as exc:
        raise DataError(f"{path} is not a readable .npz: {exc}") from exc
    count = len(data.label_sets[label_set])
    stored = arrays.get(label_set)
    if "rows" not in arrays or stored is None or stored.shape != (len(arrays["rows"]), count):
        raise DataError(f"{path.name}: expected rows (M,) and {label_set} (M, {count}), got {sorted(arrays)}")
    place = {int(row): index for index, row in enumerate(arrays["rows"])}
    missing = [row for row in data.rows.tolist() if row not in place]
    if missing:
        raise DataError(f"{path.name}: has nothing for row {missing[0]} ({len(missing)} missing): predict all faces")
    chosen = stored[[place[row] for row in data.rows.tolist()]].astype(np.float32)
    total = chosen.sum(axis=1, keepdims=True)
    if not (np.isfinite(chosen).all() and (chosen >= 0).all() and (total > 0).all()):
        raise DataError(f"{path.name}: {label_set} must hold probabilities, not logits or empty rows")
    return chosen / total


def _features(data: FaceDataset, mesh: CropLandmarks, learn: NDArray[np.bool_]) -> NDArray[np.float32]:
    parts: list[NDArray[np.float32]] = []
    raw = (gradient_histograms(data.images), TEXTURE, 1.0), (mesh_shapes(mesh), SHAPE, 0.7)
    for features, count, weight in raw:
        components = PrincipalComponents(features[learn], min(count, max(int(learn.sum()) // 2, 2)))
        parts.append(components(features) * np.float32(weight))
    return np.concatenate(parts, axis=1)


def _fit(features: NDArray[np.float32], truth: NDArray[np.int64]) -> Any:
    try:
        networks: Any = import_module("sklearn.neural_network")
    except ImportError as exc:
        raise DependencyMissing("finding wrong labels needs scikit-learn: pip install 'emoar[clean]'") from exc
    size = min(256, len(features))
    passes = int(np.clip(STEPS * size // len(features), 12, 200))
    model: Any = networks.MLPClassifier((HIDDEN,), alpha=1.0, batch_size=size, max_iter=passes, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no warning that training has not converged: the number of epochs is fixed
        return model.fit(features, truth)


def _predict(model: Any, features: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    answer = np.zeros((len(features), count), np.float32)
    if len(features):
        answer[:, model.classes_] = model.predict_proba(features)
    return answer
