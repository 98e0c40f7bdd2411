"""The measures of each face, frame by frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.labels import category
from emoar.perception.measures.network import MeasureNetwork
from emoar.perception.measures.rest import Rest, RestOptions, relative
from emoar.types import Expression, Quality

__all__ = ["MeasureOptions", "MeasureState", "Measurer"]

_NEUTRAL: Final = "neutral"


@dataclass(frozen=True)
class MeasureOptions:
    """Settings of the measures."""

    maximum_yaw_deg: float = 30.0  # beyond it they agree little with MediaPipe's (docs/measures.md)
    rest_values: Mapping[str, float] | None = None
    # ^ `MeasureNetwork` values of everybody's face at rest, by name; None: learned of each person while it is neutral
    rest: RestOptions = field(default_factory=RestOptions)


@dataclass(frozen=True, eq=False)
class MeasureState:
    """The measures of one track in one frame, and what the next frame needs."""

    measures: Mapping[str, float] | None  # None: the face cannot be measured
    rest: Rest
    time_s: float


class Measurer:
    """Measures faces. It has no state of its own; `measure` is given that of the track.

    Raises:
        InputError: `rest_values` lacks a name.
        ModelMissing: the network's file is not there.
        ModelMismatch: the network's file is damaged.
    """

    def __init__(self, options: MeasureOptions | None = None) -> None:
        self._options = options or MeasureOptions()
        self._network = MeasureNetwork.shipped()
        given = self._options.rest_values
        if given is not None and (missing := [name for name in self._network.names if name not in given]):
            raise InputError(f"rest_values must have all measures, {missing[0]} is missing")
        rest = self._network.rest if given is None else [given[name] for name in self._network.names]
        self._rest = Rest.unknown(np.array(rest, np.float32))
        self._learns = given is None

    def measure(
        self,
        before: MeasureState | None,
        time_s: float,
        landmarks_px: NDArray[np.float32],
        quality: Quality,
        expression: Expression,
    ) -> MeasureState:
        """The state after one more frame of a track.

        Args:
            before: the state after the track's frame before; None: this is its first.
            time_s: of this frame.
            landmarks_px: (468, 3).
            quality: of the face; one that is not usable is not measured.
            expression: of the face; while it is surely neutral, the face at rest is learned.
        """
        rest = before.rest if before else self._rest
        if not quality.usable or abs(quality.yaw_deg) > self._options.maximum_yaw_deg:
            return MeasureState(None, rest, time_s)
        values = self._network(landmarks_px)
        is_neutral = category(expression.label) == _NEUTRAL
        if self._learns and before and is_neutral and expression.confidence >= self._options.rest.minimum_confidence:
            rest = rest.learned(values, time_s - before.time_s, self._options.rest)
        moved = relative(values, rest.values(self._options.rest))
        return MeasureState(dict(zip(self._network.names, moved.tolist(), strict=True)), rest, time_s)
