"""The text that describes a face: on the label, in the terminal and on the server's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from emoar.labels import UNSURE

if TYPE_CHECKING:  # the server uses the sentence without the arrays of a face
    from emoar.types import Face

__all__ = ["MOST_CERTAIN_PERCENT", "describe_expression", "describe_face"]

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
