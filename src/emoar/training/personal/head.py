"""A personal head: multinomial logistic regression on a model's features. NumPy alone; torch is not needed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, ModelMismatch
from emoar.models.expression import expression_model
from emoar.models.inputs import CropInput
from emoar.models.metadata import FEATURES
from emoar.models.personal import PersonalHead, sha256_of
from emoar.perception.classifier import ExpressionClassifier
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.faces.inputs import resize_crops
from emoar.training.personal.faces import PersonFaces

__all__ = ["Weights", "features_of", "fit_head", "fit_softmax", "single_file"]

Weights = tuple[NDArray[np.float32], NDArray[np.float32]]  # (labels, features) and bias (labels,)
_STEPS: Final = 400
_DECAY: Final = 0.02  # of the weights on standardised features


def features_of(model: str, faces: NDArray[np.uint8], progress: Progress = NO_PROGRESS) -> NDArray[np.float32]:
    """(N, features) of (N, S, S) or (N, S, S, 3) crops, from one file of a model in LiteRT.

    Raises:
        ModelMismatch: the model consists of several files, takes landmarks, or has no features.
        ModelMissing: there is no such model.
    """
    classifier = ExpressionClassifier(single_file(model), features=True)
    try:
        if not isinstance(classifier.info.input, CropInput):
            raise ModelMismatch(f"{model} takes landmarks, and the data has crops: give --model of a crop model")
        crops = resize_crops(faces, classifier.info.input)
        rows: list[NDArray[np.float32]] = []
        for index, crop in enumerate(crops):
            rows.append(classifier.classify(crop)[FEATURES])
            progress("features", index + 1, len(crops))
        return np.stack(rows)
    finally:
        classifier.close()


def fit_head(model: str, faces: PersonFaces, progress: Progress = NO_PROGRESS) -> PersonalHead:
    """Trains a head of the person's labels on the faces for training.

    Raises:
        ModelMismatch: the model consists of several files, takes landmarks, or has no features; or a label cannot be
            one of a head.
        ModelMissing: there is no such model.
    """
    path = single_file(model)
    counts = faces.counts
    labels = tuple(counts)
    place = np.array([labels.index(label) if label in counts else -1 for label in faces.labels])
    weights, bias = fit_softmax(features_of(model, faces.training, progress), place[faces.training_index], len(labels))
    return PersonalHead(path.stem, sha256_of(path), labels, weights, bias, tuple(counts.values()))


def fit_softmax(features: NDArray[np.float32], truth: NDArray[np.int64], labels: int) -> Weights:
    """The weights with the lowest cross-entropy plus decay; each label counts the same, however many faces it has.

    The loss is convex; accelerated gradient descent (Nesterov, 1983) with the step of its curvature finds the minimum.

    Args:
        features: (N, F).
        truth: (N,) label indices; each label occurs.
        labels: the number of labels.
    """
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    scale = np.where(deviation > 1e-6, 1 / np.maximum(deviation, 1e-6), 0)
    x = np.column_stack([(features - mean) * scale, np.ones(len(features))])
    counts = np.bincount(truth, minlength=labels)
    if not counts.all():
        raise DataError(f"each of the {labels} labels must have a face")
    shares = (1 / (labels * counts))[truth][:, None]
    wanted = np.eye(labels)[truth]
    decay = np.full(x.shape[1], _DECAY)
    decay[-1] = 0
    step = 1 / (0.5 * np.linalg.eigvalsh(x.T @ (shares * x))[-1] + _DECAY)
    weights = ahead = np.zeros((labels, x.shape[1]))
    for turn in range(_STEPS):
        logits = x @ ahead.T
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        slope = ((powers / powers.sum(axis=1, keepdims=True) - wanted) * shares).T @ x + decay * ahead
        before, weights = weights, ahead - step * slope
        ahead = weights + turn / (turn + 3) * (weights - before)
    own = weights[:, :-1] * scale
    return own.astype(np.float32), (weights[:, -1] - own @ mean).astype(np.float32)


def single_file(model: str) -> Path:
    """The file of a model that consists of one.

    Raises:
        ModelMismatch: it consists of several files.
        ModelMissing: there is no such model.
    """
    paths = [member.path for member in expression_model(model).members]
    if len(paths) > 1:
        names = " or ".join(path.stem for path in paths)
        raise ModelMismatch(f"{model} consists of several files: give --model {names}")
    return paths[0]
