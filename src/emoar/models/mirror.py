"""What the mirror image of a face tells of the confidence, and of which faces it need not be classified.

Of a face of which the network is sure, the mirror image tells nothing more: half of all faces are classified once
(docs/decisions/0022). What it tells fades over a range, so that the confidence does not jump.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.labels import DEFAULT_LABEL_SET

__all__ = ["blended", "mirror_share"]

# Of the largest probability of the shown head: from the first on the mirror image counts less, from the second not.
NEARLY_SURE: Final = 0.85
SURE: Final = 0.9


def mirror_share(heads: Mapping[str, NDArray[np.floating]], shown: str = DEFAULT_LABEL_SET) -> float:
    """How much the mirror image tells of a face, 0..1: nothing where the head of the shown set is sure."""
    largest = float(heads[shown].max()) if shown in heads else 0.0
    return min(max((SURE - largest) / (SURE - NEARLY_SURE), 0.0), 1.0)


def blended(
    heads: Mapping[str, NDArray[Any]], mirrored: Mapping[str, NDArray[Any]], share: float
) -> dict[str, NDArray[Any]]:
    """What the mirror image tells where its share is that: the rest counts as the same as the face. Types stay."""
    return {name: own + share * (mirrored[name] - own) for name, own in heads.items()}
