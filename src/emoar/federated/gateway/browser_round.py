"""A round for browsers: the head to be improved, and how each browser has to protect what it sends."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.federated.updates import UpdateRules
from emoar.files import atomic_write

__all__ = ["BIAS", "ROUND_SCHEMA", "WEIGHTS", "BrowserRound", "FeatureModel", "close_round", "open_round", "read_round"]

ROUND_SCHEMA: Final = "emoar.federated-round/1"
WEIGHTS, BIAS = "weights", "bias"  # the tensors of an update
_FILE: Final = "round.json"
_WRITTEN_DIGITS: Final = 7  # significant, of a weight
_UNLIKELY: Final = 6.0  # standard deviations by which the norm of noise never exceeds its mean

_Positive = Annotated[float, Meta(gt=0)]
_Count = Annotated[int, Meta(ge=1)]


class FeatureModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file whose features the head takes; browsers with another one cannot take part."""

    name: str
    sha256: str


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    schema: str
    round: str
    model: FeatureModel
    label_set: str
    labels: list[str]
    weights: list[list[float]]
    bias: list[float]
    clip_norm: _Positive
    noise: _Positive
    lr: _Positive
    epochs: _Count
    at_least: _Count


@dataclass(frozen=True, eq=False)
class BrowserRound:
    """One round.

    Raises:
        InputError: shapes do not fit together, or a value is not finite or not positive.
    """

    round: str  # unique; a new one each time a round is opened
    model: FeatureModel
    label_set: str
    labels: tuple[str, ...]
    weights: NDArray[np.float32]  # (labels, features)
    bias: NDArray[np.float32]  # (labels,)
    clip_norm: float  # L2 norm of an update before the noise, at most
    noise: float  # standard deviation of the noise of each number, in units of clip_norm
    lr: float  # learning rate of the browser's gradient descent
    epochs: int  # its steps, each over all faces
    at_least: int  # updates that are combined: with as many, the round is complete

    def __post_init__(self) -> None:
        count = len(self.labels)
        if self.weights.ndim != 2 or self.weights.shape[0] != count or self.bias.shape != (count,):
            shapes = f"{self.weights.shape} and {self.bias.shape}"
            raise InputError(f"weights and bias must be ({count}, features) and ({count},), got {shapes}")
        values = np.array([self.clip_norm, self.noise, self.lr, self.epochs, self.at_least])
        if not np.isfinite(values).all() or values.min() <= 0:
            raise InputError("clip_norm, noise, lr, epochs and at_least must be above 0")
        if not (np.isfinite(self.weights).all() and np.isfinite(self.bias).all()):
            raise InputError("the head holds values that are not finite")

    @property
    def size(self) -> int:
        """How many numbers an update has."""
        return self.weights.size + self.bias.size

    def rules(self) -> UpdateRules:
        """What an update must be; its largest norm is that of a clipped one with its noise."""
        noise = self.noise * self.clip_norm * (math.sqrt(self.size) + _UNLIKELY)
        return UpdateRules({WEIGHTS: self.weights.shape, BIAS: self.bias.shape}, self.clip_norm + noise)

    def to_dict(self) -> dict[str, Any]:
        """The document that browsers get."""
        return {
            "schema": ROUND_SCHEMA,
            "round": self.round,
            "model": {"name": self.model.name, "sha256": self.model.sha256},
            "label_set": self.label_set,
            "labels": list(self.labels),
            "weights": [_short(row) for row in self.weights],
            "bias": _short(self.bias),
            "clip_norm": self.clip_norm,
            "noise": self.noise,
            "lr": self.lr,
            "epochs": self.epochs,
            "at_least": self.at_least,
        }


def open_round(folder: Path, opened: BrowserRound) -> None:
    """Opens a round for browsers; another one that is open ends.

    Raises:
        OutputError: it cannot be written.
    """
    atomic_write(folder / _FILE, json.dumps(opened.to_dict(), allow_nan=False).encode(), mode=0o600)


def close_round(folder: Path) -> None:
    """Ends the open round, if there is one."""
    (folder / _FILE).unlink(missing_ok=True)


def read_round(folder: Path) -> BrowserRound | None:
    """The open round; None where there is none.

    Raises:
        InputError: the file cannot be read or is damaged.
    """
    path = folder / _FILE
    try:
        document = msgspec.json.decode(path.read_bytes(), type=_Document)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise InputError(f"{path} cannot be read ({exc.strerror})") from exc
    except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
        raise InputError(f"{path} is damaged ({exc}): remove it") from exc
    fields: dict[str, Any] = {name: getattr(document, name) for name in document.__struct_fields__ if name != "schema"}
    try:
        fields["labels"] = tuple(document.labels)
        fields |= {name: np.array(fields[name], np.float32) for name in (WEIGHTS, BIAS)}
    except ValueError as exc:
        raise InputError(f"{path} is damaged: its rows differ in length; remove it") from exc
    return BrowserRound(**fields)


def _short(row: NDArray[np.float32]) -> list[float]:
    return [float(f"{value:.{_WRITTEN_DIGITS}g}") for value in row.tolist()]
