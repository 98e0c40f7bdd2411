"""Differential privacy of a model: a statement that stays with the model, in its checkpoint and in its file."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Final, cast

from emoar.errors import ModelMismatch

__all__ = ["Privacy", "privacy_from_dict", "privacy_to_dict"]

_UNITS: Final = ("client", "example")
_LONGEST: Final = 200  # characters of the accountant's name


@dataclass(frozen=True)
class Privacy:
    """What the training of a model spent in all.

    Raises:
        ModelMismatch: a value is out of range.
    """

    unit: str  # whose presence is hidden: `client` is all faces of one client, `example` is one face
    epsilon: float  # spent, above 0
    delta: float  # the probability with which epsilon may fail, 0..1
    accountant: str  # what computed epsilon, and under which assumptions

    def __post_init__(self) -> None:
        if self.unit not in _UNITS:
            raise ModelMismatch(f"the unit of privacy must be {' or '.join(_UNITS)}, got {self.unit!r:.40}")
        if not (math.isfinite(self.epsilon) and self.epsilon > 0 and 0 < self.delta < 1):
            raise ModelMismatch(f"epsilon must be above 0 and delta 0..1, got {self.epsilon} and {self.delta}")
        if not self.accountant.isprintable() or not 0 < len(self.accountant) <= _LONGEST:
            raise ModelMismatch(f"the accountant of privacy must be a text of 1 to {_LONGEST} characters")

    def describe(self) -> str:
        """One line for people."""
        return f"epsilon {self.epsilon:.3g} at delta {self.delta:g} for each {self.unit}; accountant: {self.accountant}"


def privacy_to_dict(privacy: Privacy) -> dict[str, Any]:
    """The JSON document of a statement; `privacy_from_dict` reads it."""
    return dataclasses.asdict(privacy)


def privacy_from_dict(document: Any) -> Privacy:
    """The inverse of `privacy_to_dict`.

    Raises:
        ModelMismatch: a field is missing or wrong.
    """
    fields = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    unit, accountant = fields.get("unit"), fields.get("accountant")
    if not isinstance(unit, str) or not isinstance(accountant, str):
        raise ModelMismatch("privacy must have the texts unit and accountant")
    return Privacy(unit, _number(fields.get("epsilon")), _number(fields.get("delta")), accountant)


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ModelMismatch("privacy must have the numbers epsilon and delta")
    return float(value)
