"""The preparation of a gateway: whether browsers compute the features of the federation's model, and which noise."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.federated.accountant import noise_for
from emoar.federated.deployment.browser_settings import BrowserSettings

if TYPE_CHECKING:
    from emoar.federated.base_model import BaseModel

__all__ = ["check_features", "noise_of_update", "prepare_browsers"]

_PICTURES: Final = 8
_SIZE_PX: Final = 48
_MOST_DIFFERENT: Final = 0.5  # relative; the rounding of an int8 file makes 0.1, other weights make more than 1


def noise_of_update(epsilon: float, delta: float) -> float:
    """The noise of an update, in units of its clipping norm, that costs a browser that epsilon.

    Whoever changes all faces of a browser changes its update by twice the clipping norm at most.
    """
    return 2 * noise_for(epsilon, delta, 1.0, 1)


def prepare_browsers(
    folder: Path, model: Path, features: str, label_set: str, clip_norm: float, noise: float, at_least: int
) -> Path:
    """Writes what the gateway's client processes need; returns the file of settings.

    Args:
        folder: of the gateway.
        model: the checkpoint that the federation starts from.
        features: name or path of the .tflite that the browser app runs.
        label_set: whose head is improved.
        clip_norm: L2 norm of an update, at most.
        noise: of each number, in units of `clip_norm`.
        at_least: updates that become one mean.

    Raises:
        InputError: the files are not of one model, or a value is not positive.
        TrainingError: the model is no checkpoint.
        ModelError: there is no such file of features, or it has none.
        OutputError: a file cannot be written.
    """
    from emoar.federated.base_model import BaseModel
    from emoar.models.expression import expression_model

    if not (clip_norm > 0 and noise > 0 and at_least > 0):
        raise InputError("the clipping norm, the noise and the number of updates must be above 0")
    members = expression_model(features).members
    if len(members) != 1:
        raise InputError(f"--features {features} is several models together: name one of them")
    base, file = BaseModel.open_checkpoint(model), members[0].path
    base.head(label_set)  # raises where there is none
    check_features(base, file)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = BrowserSettings(
        folder=str(folder.resolve()),
        fingerprint=hashlib.sha256(model.read_bytes()).hexdigest(),
        model=Path(features).stem,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        label_set=label_set,
        labels=tuple(base.checkpoint.heads[label_set]),
        clip_norm=clip_norm,
        noise=noise,
        at_least=at_least,
    )
    settings.write(folder / "browsers.json")
    return folder / "browsers.json"


def check_features(base: BaseModel, file: Path) -> None:
    """Compares the features of a .tflite with those of a checkpoint, on drawn pictures.

    Raises:
        InputError: they are of different weights.
        ModelError: the file has no features.
    """
    from emoar.models.metadata import FEATURES
    from emoar.perception.classifier import ExpressionClassifier
    from emoar.training.faces.inputs import FaceBatch, prepare_faces

    classifier, pictures = ExpressionClassifier(file, features=True), _drawn()
    try:
        inputs = prepare_faces(FaceBatch(pictures), classifier.info.input)
        theirs = np.stack([classifier.classify(each)[FEATURES] for each in inputs])
    finally:
        classifier.close()
    own = base.features(pictures)
    if own.shape != theirs.shape or np.linalg.norm(own - theirs) > _MOST_DIFFERENT * np.linalg.norm(own):
        raise InputError(
            f"{file.name} has other features than the checkpoint: give the file that was exported from it, "
            f"or make the checkpoint from the file with emoar federated model"
        )


def _drawn() -> NDArray[np.uint8]:
    """(N, S, S) smooth grey pictures, always the same."""
    y, x = np.mgrid[0:_SIZE_PX, 0:_SIZE_PX] / _SIZE_PX
    waves = [np.sin((n + 1) * 3 * x + n) * np.cos((_PICTURES - n) * 2 * y) for n in range(_PICTURES)]
    return np.stack([127.5 + 127.5 * wave for wave in waves]).astype(np.uint8)
