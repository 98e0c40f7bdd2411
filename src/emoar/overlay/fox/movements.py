"""How the avatar's face stands, from the lengths and measures of a person's face and its expression.

It is `web/src/overlay/layers/avatarFace.ts`, with the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

__all__ = ["AT_REST", "PERSON_AT_REST", "AvatarFace", "avatar_face", "between"]


@dataclass(frozen=True)
class AvatarFace:
    """Left and right are the person's own."""

    brow_left: float = 0.0  # -1 pulled down, 0 at rest, 1 raised
    brow_right: float = 0.0
    brow_tilt: float = 0.0  # -1 inner ends down and together, 1 inner ends up
    eye_left: float = 1.0  # 0 closed, 1 as at rest, up to 1.35 wide open
    eye_right: float = 1.0
    jaw: float = 0.0  # 0 closed, 1 wide open
    smile_left: float = 0.0  # -1 corners down, 1 corners up
    smile_right: float = 0.0
    mouth_width: float = 1.0  # 0.6 pursed, 1 at rest, 1.35 wide


AT_REST: Final = AvatarFace()

# The lengths of an average person at rest: medians of 135 neutral faces of FER2013, as the mesh sees them.
PERSON_AT_REST: Final[Mapping[str, float]] = {
    "innerBrowLeft": 0.206,
    "innerBrowRight": 0.207,
    "browLeft": 0.239,
    "browRight": 0.237,
    "browGap": 0.283,
    "lidsLeft": 0.312,
    "lidsRight": 0.311,
    "cornerLeft": 0.0,
    "cornerRight": -0.002,
    "mouthWidth": 0.521,
    "mouthOpen": 0.025,
    "upperLip": 0.161,
    "lipHeight": 0.196,
}

# What an expression adds, where people show it in small movements that a cartoon must enlarge, such as the corners of a
# sad mouth: differences from rest.
_ADDED: Final[Mapping[str, Mapping[str, float]]] = {
    "happiness": {"brow_left": 0.3, "brow_right": 0.3, "smile_left": 0.7, "smile_right": 0.7, "mouth_width": 0.1},
    "surprise": {
        "brow_left": 0.6,
        "brow_right": 0.6,
        "eye_left": 0.3,
        "eye_right": 0.3,
        "jaw": 0.25,
        "mouth_width": -0.15,
    },
    "sadness": {"brow_tilt": 0.9, "smile_left": -0.8, "smile_right": -0.8},
    "anger": {
        "brow_left": -0.5,
        "brow_right": -0.5,
        "brow_tilt": -1.0,
        "eye_left": -0.12,
        "eye_right": -0.12,
        "smile_left": -0.5,
        "smile_right": -0.5,
    },
    "disgust": {
        "brow_left": -0.4,
        "brow_right": -0.4,
        "brow_tilt": -0.6,
        "eye_left": -0.1,
        "eye_right": -0.1,
        "smile_left": -0.7,
        "smile_right": -0.5,
    },
    "fear": {
        "brow_left": 0.4,
        "brow_right": 0.4,
        "brow_tilt": 0.8,
        "eye_left": 0.25,
        "eye_right": 0.25,
        "jaw": 0.12,
        "smile_left": -0.35,
        "smile_right": -0.35,
    },
    "contempt": {"brow_right": 0.35, "eye_left": -0.2, "eye_right": -0.2, "smile_left": 0.65, "smile_right": -0.15},
}

_BROW: Final = 0.09  # the largest movement of a brow, in eye distances
_CORNER: Final = 0.085
_JAW: Final = 0.42
_TILT: Final = 0.05
_STILL: Final = 0.12  # corners that move by less are at rest: the mesh is not that exact
_WIDE_OPEN: Final = 0.6  # `jawOpen` of a wide open mouth: one face of FER2013 in a hundred has more
_WINK: Final = 0.45  # an eye that is narrower than the other by that much
_CLOSED: Final = 0.38  # the mesh never closes completely: a small opening counts as closed
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    **dict.fromkeys(("brow_left", "brow_right", "brow_tilt", "smile_left", "smile_right"), (-1.0, 1.0)),
    **dict.fromkeys(("eye_left", "eye_right"), (0.0, 1.35)),
    "jaw": (0.0, 1.0),
    "mouth_width": (0.6, 1.35),
}


def avatar_face(
    now: Mapping[str, float],
    neutral: Mapping[str, float],
    ferplus: Mapping[str, float],
    measures: Mapping[str, float] | None,
) -> AvatarFace:
    """The movements of a face, with what its expression adds.

    Args:
        now: the face's lengths (`face_landmarks.lengths`).
        neutral: the lengths of the person's own face at rest, or of the average one.
        ferplus: probabilities by label; empty for a face without an expression.
        measures: of the face (`Face.measures`): they show an open jaw and a smile better than lengths do. None: lengths
            alone.
    """
    face = _moved(now, neutral)
    if measures is not None:
        face = _with_measures(face, measures)
    values = asdict(face)
    for label, added in _ADDED.items():
        for name, value in added.items():
            values[name] += ferplus.get(label, 0.0) * value
    for name, (low, high) in _RANGES.items():
        values[name] = _clamp(values[name], low, high)
    return _smiled(AvatarFace(**values))


def between(first: AvatarFace, second: AvatarFace, share: float) -> AvatarFace:
    """`share` of the way from one face to another."""
    ends = asdict(second)
    return AvatarFace(**{name: value + share * (ends[name] - value) for name, value in asdict(first).items()})


def _moved(now: Mapping[str, float], neutral: Mapping[str, float]) -> AvatarFace:
    """The movements by lengths alone."""
    change = {name: now[name] - neutral[name] for name in neutral}
    left, right, opened = change["browLeft"], change["browRight"], change["mouthOpen"]
    inner = (change["innerBrowLeft"] + change["innerBrowRight"]) / 2
    # an open jaw lowers the middle of the lips, which is no smile; a mouth that becomes wider is half of one
    lowered = 0.2 * max(opened, 0) - 0.25 * max(change["mouthWidth"] - 0.05, 0)
    return AvatarFace(
        brow_left=left / _BROW,
        brow_right=right / _BROW,
        brow_tilt=(inner - (left + right) / 2 + 0.4 * change["browGap"]) / _TILT,
        eye_left=_lids(now["lidsLeft"] / max(neutral["lidsLeft"], 0.1)),
        eye_right=_lids(now["lidsRight"] / max(neutral["lidsRight"], 0.1)),
        jaw=(opened - 0.015) / _JAW,
        smile_left=_without_still((change["cornerLeft"] - lowered) / _CORNER),
        smile_right=_without_still((change["cornerRight"] - lowered) / _CORNER),
        mouth_width=now["mouthWidth"] / max(neutral["mouthWidth"], 0.1),
    )


def _with_measures(face: AvatarFace, measures: Mapping[str, float]) -> AvatarFace:
    """Jaw and smile by measures; corners that go down by lengths, since no measure has them."""
    return replace(
        face,
        jaw=measures["jawOpen"] / _WIDE_OPEN,
        smile_left=measures["mouthSmileLeft"] + min(face.smile_left, 0),
        smile_right=measures["mouthSmileRight"] + min(face.smile_right, 0),
    )


def _smiled(face: AvatarFace) -> AvatarFace:
    """Who smiles narrows the eyes from below.

    The upper lids stay open, or the face would seem tired, and the brows stay level, or it would seem worried.
    """
    smile = _clamp((face.smile_left + face.smile_right) / 2, 0, 1)

    def eye(own: float, other: float) -> float:
        return own if other - own > _WINK else own + smile * max(1.08 - own, 0)

    def brow(raised: float) -> float:
        return raised + smile * max(0.1 - raised, 0)

    return replace(
        face,
        brow_left=brow(face.brow_left),
        brow_right=brow(face.brow_right),
        brow_tilt=face.brow_tilt * (1 - 0.85 * smile),
        eye_left=eye(face.eye_left, face.eye_right),
        eye_right=eye(face.eye_right, face.eye_left),
    )


def _lids(share: float) -> float:
    return (share - _CLOSED) / (1 - _CLOSED)


def _without_still(value: float) -> float:
    return math.copysign(max(abs(value) - _STILL, 0), value)


def _clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
