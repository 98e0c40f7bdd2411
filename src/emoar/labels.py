"""Label sets, their order, their colours, and the maps between them.

The order is the order of every probability vector. Changing it changes what a trained model means.
"""

from __future__ import annotations

from typing import Final, Literal

from emoar.errors import InputError

__all__ = [
    "CATEGORIES",
    "COLOURS_RGB",
    "FER2013",
    "FERPLUS",
    "LABEL_SETS",
    "UNSURE",
    "LabelSet",
    "category",
    "labels_of",
]

LabelSet = Literal["ferplus", "fer2013"]

FERPLUS: Final = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
FER2013: Final = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
LABEL_SETS: Final[dict[str, tuple[str, ...]]] = {"ferplus": FERPLUS, "fer2013": FER2013}

UNSURE: Final = "unsure"

# One word for the same expression in both label sets. Content packs and colours are keyed by it.
CATEGORIES: Final = (*FERPLUS, UNSURE)

_CATEGORY_OF_FER2013: Final = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "sad": "sadness",
    "surprise": "surprise",
    "neutral": "neutral",
}

# Distinguishable under the common colour-vision deficiencies (Okabe and Ito, 2008), lightened for dark video.
COLOURS_RGB: Final[dict[str, tuple[int, int, int]]] = {
    "neutral": (200, 205, 210),
    "happiness": (240, 200, 60),
    "surprise": (230, 140, 40),
    "sadness": (86, 160, 233),
    "anger": (225, 80, 60),
    "disgust": (60, 180, 120),
    "fear": (190, 130, 210),
    "contempt": (170, 140, 110),
    "unsure": (150, 155, 160),
}


def labels_of(label_set: str) -> tuple[str, ...]:
    """The labels of a label set, in the order of its probabilities.

    Raises:
        InputError: the label set does not exist.
    """
    try:
        return LABEL_SETS[label_set]
    except KeyError:
        raise InputError(f"label set must be one of {', '.join(LABEL_SETS)}, got {label_set!r}") from None


def category(label: str) -> str:
    """The category (one word for both label sets) of a label: `happy` and `happiness` are both `happiness`.

    Raises:
        InputError: the label belongs to no label set.
    """
    name = _CATEGORY_OF_FER2013.get(label, label)
    if name not in CATEGORIES:
        raise InputError(f"label must be one of {', '.join((*FER2013, *CATEGORIES))}, got {label!r}")
    return name
