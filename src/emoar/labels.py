"""Label sets, their order, their colours, and the maps between them.

The order is the order of every probability vector. Changing it changes what a trained model means. A model of one's own
may have other labels: they are categories of their own, and get colours that differ from each other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

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
    "colours_rgb",
    "labels_of",
]

LabelSet = str  # the name of a set: ferplus, fer2013, custom, or what a model of one's own calls it

FERPLUS: Final = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
FER2013: Final = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
LABEL_SETS: Final[dict[str, tuple[str, ...]]] = {"ferplus": FERPLUS, "fer2013": FER2013}

UNSURE: Final = "unsure"

# One word for the same expression in both label sets. Content packs and colours are keyed by it.
CATEGORIES: Final = (*FERPLUS, UNSURE)

# The labels of FER2013, and what people call the folders of their own data.
_CATEGORY_OF: Final = {
    "angry": "anger",
    "happy": "happiness",
    "sad": "sadness",
    "joy": "happiness",
    "joyful": "happiness",
    "smile": "happiness",
    "smiling": "happiness",
    "surprised": "surprise",
    "scared": "fear",
    "afraid": "fear",
    "fearful": "fear",
    "disgusted": "disgust",
    "contemptuous": "contempt",
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

Rgb = tuple[int, int, int]
_HUES: Final = 36  # to choose from, evenly round the circle
_LIGHTNESS, _CHROMA = 0.78, 0.12  # in OKLCH: as bright as the colours above
_ROUND: Final = 12  # labels after which the circle is gone round again
_DEEPER: Final = 0.14  # every second round is so much darker: more labels than the eye has hues for


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
    """One word for the same expression in all label sets: `happy`, `Joy` and `happiness` are all `happiness`.

    A label that names none of `CATEGORIES` is a category of its own.
    """
    word = label.lower()
    word = _CATEGORY_OF.get(word, word)
    return word if word in CATEGORIES else label


@lru_cache(maxsize=16)
def colours_rgb(labels: tuple[str, ...]) -> Mapping[str, Rgb]:
    """A colour for each label of a set, and for `unsure`; 0..255, always the same for the same labels.

    Known categories have the colours of `COLOURS_RGB`; others the hues that are farthest from those taken.
    """
    first = {category(label): label for label in reversed(labels)}  # of `joy` and `happy`, one alone is yellow
    known = {label: COLOURS_RGB[name] for name, label in first.items() if name in COLOURS_RGB}
    taken = [_hue_deg(colour) for colour in known.values()]
    colours: dict[str, Rgb] = {UNSURE: COLOURS_RGB[UNSURE]}
    for label in labels:
        colours[label] = known[label] if label in known else _next_colour(taken)
    return MappingProxyType(colours)


def _next_colour(taken: list[float]) -> Rgb:
    """The colour whose hue is farthest from those of its round in `taken`, to which it is added."""
    round_, start = len(taken) // _ROUND, len(taken) // _ROUND * _ROUND
    candidates = [360 * i / _HUES for i in range(_HUES)]
    best = max(candidates, key=lambda hue: min((abs((hue - h + 180) % 360 - 180) for h in taken[start:]), default=0.0))
    taken.append(best)
    return _from_oklch(_LIGHTNESS - _DEEPER * (round_ % 2), _CHROMA, best)


def _hue_deg(colour: Rgb) -> float:
    """Hue in OKLCH, of 0..255 sRGB (Ottosson, 2020)."""
    red, green, blue = (_linear(value / 255) for value in colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return math.degrees(math.atan2(b, a)) % 360


def _from_oklch(lightness: float, chroma: float, hue_deg: float) -> Rgb:
    """The inverse of `_hue_deg`, with lightness and chroma 0..1; clipped to what a screen can show."""
    a, b = chroma * math.cos(math.radians(hue_deg)), chroma * math.sin(math.radians(hue_deg))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    values = (round(255 * _gamma(min(max(value, 0.0), 1.0))) for value in (red, green, blue))
    first, second, third = values
    return first, second, third


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
