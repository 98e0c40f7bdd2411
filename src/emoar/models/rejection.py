"""Which faces are unlike all learned ones: the part of a personal head that answers "none of these".

A linear head divides every face among its labels, also an unlike one. The distance to the nearest mean of a
label's faces tells such faces apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from emoar.errors import ModelMismatch

__all__ = ["MOST_FEATURES", "MOST_LABELS", "HeadRejection", "Number", "Rejection", "Row"]

MOST_LABELS: Final = 32
MOST_FEATURES: Final = 4096
LARGEST_NUMBER: Final = 1e6  # keeps every logit finite in float32
STEEPNESS: Final = 10.0  # of the probability of none of the labels, around the radius

Number = Annotated[float, Meta(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
Row = Annotated[list[Number], Meta(min_length=1, max_length=MOST_FEATURES)]  # of features


class HeadRejection(msgspec.Struct, forbid_unknown_fields=True):
    """With d the least distance of the features from a centre, in its radius, 1 / (1 + exp(10 - 10 d)) is the
    probability of none of the labels; those of the labels share the rest.
    """

    centres: Annotated[
        list[Row], Meta(min_length=2, max_length=MOST_LABELS, description="a row a label: the mean of its faces")
    ]
    radii: Annotated[
        list[Annotated[float, Meta(gt=0, le=LARGEST_NUMBER)]],
        Meta(min_length=2, max_length=MOST_LABELS, description="a number a label"),
    ]


@dataclass(frozen=True, eq=False)
class Rejection:
    """Where the learned faces lie in the space of the features.

    Raises:
        ModelMismatch: shapes or numbers are not valid.
    """

    centres: NDArray[np.float32]  # (labels, features): the mean of each label's faces
    radii: NDArray[np.float32]  # (labels,): up to which distance from its centre a face counts as near

    def __post_init__(self) -> None:
        count = len(self.radii)
        if self.centres.ndim != 2 or self.radii.shape != (len(self.centres),):
            shapes = f"{self.centres.shape} and {self.radii.shape}"
            raise ModelMismatch(f"centres and radii must be ({count}, features) and ({count},), got {shapes}")
        if not (np.isfinite(self.centres).all() and np.isfinite(self.radii).all() and (self.radii > 0).all()):
            raise ModelMismatch("centres must be finite, and radii above 0")

    @classmethod
    def of_rows(cls, centres: Sequence[Sequence[float]], radii: Sequence[float]) -> Rejection:
        """From rows of numbers, such as those of a document."""
        widths = {len(row) for row in centres}
        if len(widths) > 1:
            raise ModelMismatch(f"the rows of centres must be equally long, got {min(widths)} to {max(widths)} numbers")
        return cls(np.array(centres, np.float32), np.array(radii, np.float32))

    def none_of(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """The probability that a face is none of the learned ones: () of (features,) values, (N,) of (N, features)."""
        distances = np.linalg.norm(features[..., None, :].astype(np.float64) - self.centres, axis=-1)
        in_radii = (distances / self.radii).min(axis=-1)
        return 1 / (1 + np.exp(-np.minimum(STEEPNESS * (in_radii - 1), 500)))

    def to_dict(self) -> dict[str, Any]:
        """As in the document of a head."""
        return {"centres": self.centres.tolist(), "radii": self.radii.tolist()}
