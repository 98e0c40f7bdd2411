"""The table of label sets, their common categories, and the colours of labels.

The order of the labels is the order of every probability vector; another order would change the meaning of trained
models. A label outside the table (a user's own class) is its own category, and such labels get different colours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Final

__all__ = [
    "AU_LIKE",
    "CATEGORIES",
    "COLOURS_RGB",
    "CUSTOM",
    "DEFAULT_HEADS",
    "DEFAULT_LABEL_SET",
    "FER2013",
    "FERPLUS",
    "LABEL_SETS",
    "MEASURES",
    "PERSONAL",
    "UNSURE",
    "VALENCE_METHOD",
    "LabelSet",
    "category",
    "colours_rgb",
    "title_of",
    "valence",
]


@dataclass(frozen=True)
class LabelSet:
    """A published set of expression labels."""

    name: str  # of a model's output, a dataset's targets, a key in JSON: letters, digits and _
    title: str  # for display
    labels: tuple[str, ...]  # in the order of the probabilities
    rejections: tuple[str, ...] | None = None
    # ^ where several taggers vote on each face: the votes besides the labels; None: there is one label for each face

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The category of each label, in order."""
        return tuple(category(label) for label in self.labels)


FERPLUS: Final = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
FER2013: Final = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

# A set in this table is available everywhere: as a model's head, as targets of a dataset, on the command line.
LABEL_SETS: Final[Mapping[str, LabelSet]] = {
    label_set.name: label_set
    for label_set in (
        LabelSet("ferplus", "FER+", FERPLUS, rejections=("unknown", "not_a_face")),
        LabelSet("fer2013", "FER2013", FER2013),
    )
}
CUSTOM: Final = "custom"  # the set of a dataset's own classes
PERSONAL: Final = "personal"  # the set of a personal head, beside those of the model
DEFAULT_LABEL_SET: Final = "ferplus"  # of the label that is shown, where the model has it
# The heads of the first shipped models, and of a model file without a description: label set -> its labels.
DEFAULT_HEADS: Final[Mapping[str, tuple[str, ...]]] = {"ferplus": FERPLUS, "fer2013": FER2013}

UNSURE: Final = "unsure"

# Movements of the face in `Face.measures`, by their ARKit names; left and right are the person's own. Only those that
# agree with MediaPipe's blendshapes on unseen faces (docs/measures.md).
MEASURES: Final = (
    *("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    *("eyeBlinkLeft", "eyeBlinkRight", "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight"),
    *("jawOpen", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPucker", "mouthSmileLeft", "mouthSmileRight"),
    *("mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight"),
)
# Measures that move as an action unit does, by its number: their mean is `AU12_like`. It is no FACS intensity.
AU_LIKE: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType(
    {
        1: ("browInnerUp",),
        2: ("browOuterUpLeft", "browOuterUpRight"),
        4: ("browDownLeft", "browDownRight"),
        5: ("eyeWideLeft", "eyeWideRight"),
        7: ("eyeSquintLeft", "eyeSquintRight"),
        10: ("mouthUpperUpLeft", "mouthUpperUpRight"),
        12: ("mouthSmileLeft", "mouthSmileRight"),
        18: ("mouthPucker",),
        20: ("mouthStretchLeft", "mouthStretchRight"),
        25: ("jawOpen",),
        26: ("jawOpen",),
        43: ("eyeBlinkLeft", "eyeBlinkRight"),
    }
)

# One word for the same expression in all label sets. It is the key of content packs and colours.
CATEGORIES: Final = (*FERPLUS, UNSURE)

# Other words for a category: the labels of other sets, and common names of folders.
_CATEGORY_OF: Final = {
    "angry": "anger",
    "happy": "happiness",
    "sad": "sadness",
    "mad": "anger",
    "furious": "anger",
    "joy": "happiness",
    "joyful": "happiness",
    "smile": "happiness",
    "smiling": "happiness",
    "unhappy": "sadness",
    "surprised": "surprise",
    "surprising": "surprise",
    "astonished": "surprise",
    "scared": "fear",
    "afraid": "fear",
    "fearful": "fear",
    "frightened": "fear",
    "disgusted": "disgust",
    "disgusting": "disgust",
    "contemptuous": "contempt",
    "neutrality": "neutral",
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

_UNPLEASANT: Final = ("anger", "sadness", "disgust", "fear", "contempt")
VALENCE_METHOD: Final = f"P(happiness) - max({', '.join(f'P({label})' for label in _UNPLEASANT)})"

Rgb = tuple[int, int, int]
_HUES: Final = 36  # candidates, evenly spaced on the colour circle
_LIGHTNESS, _CHROMA = 0.78, 0.12  # in OKLCH: as bright as the colours above
_ROUND: Final = 12  # labels in one round of the colour circle
_DEEPER: Final = 0.14  # every second round is darker by this much, since more hues are hard to distinguish


def title_of(label_set: str) -> str:
    """The title of a label set; for a set outside the table it is the name."""
    return LABEL_SETS[label_set].title if label_set in LABEL_SETS else label_set


def category(label: str) -> str:
    """One word for the same expression in all label sets: `happy`, `Joy` and `happiness` are all `happiness`.

    A label that is none of `CATEGORIES` is its own category, unchanged.
    """
    word = label.strip().lower()
    word = _CATEGORY_OF.get(word, word)
    return word if word in CATEGORIES else label


def valence(probabilities: Mapping[str, float]) -> float | None:
    """How pleasant an expression is, -1..1, by `VALENCE_METHOD`; None for labels without happiness or its opposites.

    It is derived from the probabilities of an expression: no feeling, and no measurement of one. A label that the set
    does not have counts as 0.
    """
    by_category = {category(label): p for label, p in probabilities.items()}
    unpleasant = [by_category[label] for label in _UNPLEASANT if label in by_category]
    return by_category["happiness"] - max(unpleasant) if "happiness" in by_category and unpleasant else None


@lru_cache(maxsize=16)
def colours_rgb(labels: tuple[str, ...]) -> Mapping[str, Rgb]:
    """A colour for each label of a set, and for `unsure`; 0..255, always the same for the same labels.

    Known categories have the colours of `COLOURS_RGB`; other labels get the hues that are farthest from the used ones.
    """
    first = {category(label): label for label in reversed(labels)}  # of `joy` and `happy`, only the first is yellow
    known = {label: COLOURS_RGB[name] for name, label in first.items() if name in COLOURS_RGB}
    used = [_hue_deg(colour) for colour in known.values()]
    colours: dict[str, Rgb] = {UNSURE: COLOURS_RGB[UNSURE]}
    for label in labels:
        colours[label] = known[label] if label in known else _next_colour(used)
    return MappingProxyType(colours)


def _next_colour(used: list[float]) -> Rgb:
    """The colour whose hue is farthest from those of its round in `used`; the hue is added to `used`."""
    round_, start = len(used) // _ROUND, len(used) // _ROUND * _ROUND
    candidates = [360 * i / _HUES for i in range(_HUES)]
    best = max(candidates, key=lambda hue: min((abs((hue - h + 180) % 360 - 180) for h in used[start:]), default=0.0))
    used.append(best)
    return _from_oklch(_LIGHTNESS - _DEEPER * (round_ % 2), _CHROMA, best)


def _hue_deg(colour: Rgb) -> float:
    """Hue of a 0..255 sRGB colour in OKLCH (Ottosson, 2020), 0..360."""
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
