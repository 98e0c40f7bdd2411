"""The text that describes a face: on the label, in the terminal and on the server's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from emoar.labels import UNSURE

if TYPE_CHECKING:  # the server uses the sentence without the arrays of a face
    from emoar.types import Face, Scene

__all__ = ["MOST_CERTAIN_PERCENT", "describe_expression", "describe_face", "describe_more", "describe_unread"]

MOST_CERTAIN_PERCENT: Final = 99  # an estimate is never certain


def describe_face(face: Face) -> str:
    """What a face looks like: `happiness 82 %`, `unsure`, or why it was skipped: `skipped: too small`."""
    return describe_expression(face.expression.label, face.expression.confidence, face.quality.reasons)


def describe_expression(label: str, confidence: float, reasons: Sequence[str]) -> str:
    """The text of `describe_face`, from the parts of a face.

    Args:
        label: of the expression, or `UNSURE`.
        confidence: 0..1.
        reasons: why the face was skipped; empty when it was classified.
    """
    if reasons:
        return f"skipped: {', '.join(reasons)}"
    return UNSURE if label == UNSURE else f"{label} {min(round(100 * confidence), MOST_CERTAIN_PERCENT)} %"


def describe_more(count: int) -> str:
    """How many faces beyond the largest number are not shown: `8 more faces`."""
    return f"{count} more face{'s' if count > 1 else ''}"


def describe_unread(scene: Scene) -> str:
    """The faces that were found, but not read: `; 2 found, not read: turned away, covered`; empty without any."""
    if not scene.faces_unread:
        return ""
    reasons = dict.fromkeys(face.reason for face in scene.faces_unread)
    return f"; {len(scene.faces_unread)} found, not read: {', '.join(reasons)}"
