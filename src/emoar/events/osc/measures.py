"""The movements of a face, for the connections that send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emoar.types import Face

__all__ = ["measures_of"]


def measures_of(face: Face) -> Mapping[str, float]:
    """How far parts of the face have moved from rest, 0..1, by ARKit name; empty for a face without measures."""
    measures: Any = getattr(face, "measures", None)
    return measures or {}
