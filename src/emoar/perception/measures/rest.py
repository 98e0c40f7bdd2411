"""A face at rest: measures are movements from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rest", "RestOptions", "relative"]

Values = NDArray[np.float32]


@dataclass(frozen=True)
class RestOptions:
    """How a person's own face at rest is learned."""

    minimum_confidence: float = 0.75  # of the label neutral: 96 % of such faces of FER2013 are
    own_after_s: float = 1.0  # of a neutral face: the person's own rest then weighs as much as the mean face's
    memory_s: float = 20.0  # of neutral faces: more of them replace earlier ones
    longest_step_s: float = 0.2  # a face counts for the time since the one before, at most this


@dataclass(frozen=True, eq=False)
class Rest:
    """What is known of one person's face at rest."""

    mean: Values  # (names,) values of the mean face at rest
    own: Values  # (names,) mean of the person's neutral faces
    seconds: float = 0.0  # of neutral faces in `own`

    @classmethod
    def unknown(cls, mean: Values) -> Self:
        """At first it is that of the mean face."""
        return cls(mean, np.zeros_like(mean))

    def values(self, options: RestOptions) -> Values:
        """(names,) between the mean face's and the person's own, the more of these the longer it was seen."""
        share = self.seconds / (self.seconds + options.own_after_s)
        return np.asarray(self.mean + share * (self.own - self.mean), np.float32)

    def learned(self, values: Values, step_s: float, options: RestOptions) -> Rest:
        """With one more neutral face, which stands for the time since the frame before."""
        step_s = min(max(step_s, 0.0), options.longest_step_s)
        seconds = min(self.seconds + step_s, options.memory_s)
        if seconds == 0:
            return self
        own = self.own + (values - self.own) * np.float32(min(step_s / seconds, 1.0))
        return Rest(self.mean, np.asarray(own, np.float32), seconds)


def relative(values: Values, rest: Values) -> Values:
    """(names,) movement from rest, 0..1: 0 at rest or on its other side, 1 where the value is 1."""
    return np.asarray(np.clip((values - rest) / np.maximum(1 - rest, np.float32(1e-3)), 0, 1), np.float32)
