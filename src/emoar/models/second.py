"""What a second prediction tells of the confidence in a face, and of which faces there is none.

It is that of the network on the mirror image, or that of another network (`decision`). Of a face of which both heads
are sure, it tells nothing more: a quarter of all faces is classified once (docs/decisions/0022). What it tells fades
over a range, so that the confidence does not jump.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.labels import DEFAULT_HEADS

__all__ = ["blended", "second_share"]

# Of the largest probability of the less sure head: from the first on the second prediction counts less, from SURE not.
NEARLY_SURE: Final = 0.85
SURE: Final = 0.9


def second_share(heads: Mapping[str, NDArray[np.floating]]) -> float:
    """How much a second prediction tells of a face, 0..1: nothing where the heads of all published sets are sure."""
    largest = min((float(heads[name].max()) for name in DEFAULT_HEADS if name in heads), default=0.0)
    return min(max((SURE - largest) / (SURE - NEARLY_SURE), 0.0), 1.0)


def blended(
    heads: Mapping[str, NDArray[Any]], second: Mapping[str, NDArray[Any]], share: float
) -> dict[str, NDArray[Any]]:
    """What the second prediction tells where its share is that: the rest counts as the heads. Types stay."""
    return {name: own + share * (second[name] - own) for name, own in heads.items()}
