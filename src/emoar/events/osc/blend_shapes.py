"""Weights of an avatar's blend shapes, by the names of VRM and of ARKit ("Perfect Sync")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from emoar.labels import category
from emoar.types import Face

__all__ = ["NAMES", "BlendShapeNames", "expression_weights", "movement_weights"]


@dataclass(frozen=True)
class BlendShapeNames:
    """The names in one version of VRM; upper and lower case differ."""

    expressions: Mapping[str, str]  # category of a label -> name; the other categories have none
    unused: str  # an expression that no label stands for
    vowels: tuple[str, str, str, str, str]  # of the mouth: A, I, U, E, O
    blinks: tuple[str, str]  # left, right


NAMES: Final[Mapping[str, BlendShapeNames]] = MappingProxyType(
    {
        "0": BlendShapeNames(
            {"happiness": "Joy", "anger": "Angry", "sadness": "Sorrow", "surprise": "Surprised"},
            "Fun",
            ("A", "I", "U", "E", "O"),
            ("Blink_L", "Blink_R"),
        ),
        "1": BlendShapeNames(
            {"happiness": "happy", "anger": "angry", "sadness": "sad", "surprise": "surprised"},
            "relaxed",
            ("aa", "ih", "ou", "ee", "oh"),
            ("blinkLeft", "blinkRight"),
        ),
    }
)


def expression_weights(face: Face, vrm: str) -> dict[str, float]:
    """Weight 0..1 by name, in this version of VRM: an expression weighs as much as its smoothed probability."""
    names = NAMES[vrm]
    weights = dict.fromkeys((*names.expressions.values(), names.unused), 0.0)
    for label, probability in face.expression.probabilities.items():
        name = names.expressions.get(category(label))
        if name is not None:
            weights[name] += float(probability)
    return weights


def movement_weights(face: Face, vrm: str) -> dict[str, float]:
    """Weight 0..1 by name of the mouth and the lids, in this version of VRM, and of each measure by its ARKit name.

    It is empty for a face without measures: then the lip sync of the receiving program stays its own.
    """
    measures = face.measures
    if not measures:
        return {}
    names = NAMES[vrm]
    weights = dict.fromkeys(names.vowels, 0.0)
    weights[names.vowels[0]] = measures.get("jawOpen", 0.0)
    for name, side in zip(names.blinks, ("Left", "Right"), strict=True):
        weights[name] = measures.get(f"eyeBlink{side}", 0.0)
    return weights | dict(measures)
