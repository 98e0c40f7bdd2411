"""Steady labels: probabilities averaged over time, and a label that changes only for a reason."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emoar.labels import FER2013, FERPLUS, UNSURE, LabelSet, labels_of
from emoar.types import Expression

__all__ = ["ExpressionSmoother", "SmootherOptions", "next_label"]


@dataclass(frozen=True)
class SmootherOptions:
    """How steady the label is."""

    label_set: LabelSet = "ferplus"
    time_constant_s: float = 0.25  # of the average over time; 0 takes each frame by itself
    minimum_confidence: float = 0.40  # below it the label is `unsure`
    hysteresis: float = 0.08  # by so much another label must lead, and confidence must rise, before the label changes


@dataclass(frozen=True, eq=False)
class _State:
    ferplus: NDArray[np.float64]
    fer2013: NDArray[np.float64]
    label: str
    since_s: float
    time_s: float


class ExpressionSmoother:
    """Smooths the expressions of several faces, each by its track id."""

    def __init__(self, options: SmootherOptions) -> None:
        self._options = options
        self._labels = labels_of(options.label_set)
        self._states: dict[int, _State] = {}

    def smooth(
        self,
        track_id: int,
        time_s: float,
        ferplus: NDArray[np.float32],
        fer2013: NDArray[np.float32],
        *,
        judged: bool = True,
    ) -> Expression:
        """The steady expression of a face, given this frame's probabilities (8,) and (7,).

        A face that cannot be judged is `unsure`; its frame does not enter the average.
        """
        before = self._states.get(track_id)
        state = self._average(before, time_s, ferplus, fer2013, judged=judged)
        probabilities = state.ferplus if self._options.label_set == "ferplus" else state.fer2013
        label = next_label(probabilities, self._labels, state.label, self._options) if judged else UNSURE
        since_s = state.since_s if before is not None and label == before.label else time_s
        self._states[track_id] = replace(state, label=label, since_s=since_s)
        return Expression(
            label_set=self._options.label_set,
            label=label,
            confidence=float(probabilities.max()),
            ferplus=dict(zip(FERPLUS, state.ferplus.tolist(), strict=True)),
            fer2013=dict(zip(FER2013, state.fer2013.tolist(), strict=True)),
            since_s=since_s,
        )

    def keep_only(self, track_ids: set[int]) -> None:
        """Forgets all faces but these."""
        self._states = {key: state for key, state in self._states.items() if key in track_ids}

    def reset(self) -> None:
        """Forgets all faces."""
        self._states = {}

    def _average(
        self,
        before: _State | None,
        time_s: float,
        ferplus: NDArray[np.float32],
        fer2013: NDArray[np.float32],
        *,
        judged: bool,
    ) -> _State:
        now = [p.astype(np.float64) / p.sum(dtype=np.float64) for p in (ferplus, fer2013)]
        if before is None:
            return _State(now[0], now[1], UNSURE, time_s, time_s)
        if not judged:
            return replace(before, time_s=time_s)
        weight = _weight(time_s - before.time_s, self._options.time_constant_s)
        mixed = [old + weight * (new - old) for old, new in zip((before.ferplus, before.fer2013), now, strict=True)]
        return replace(before, ferplus=mixed[0], fer2013=mixed[1], time_s=time_s)


def _weight(step_s: float, time_constant_s: float) -> float:
    """Of the newest value in an exponential average."""
    return 1.0 if time_constant_s <= 0 else 1 - math.exp(-max(0.0, step_s) / time_constant_s)


def next_label(
    probabilities: NDArray[np.float64], labels: tuple[str, ...], current: str, options: SmootherOptions
) -> str:
    """The label to show, given the one that was shown until now.

    A label stays until another leads it by the hysteresis, or until its own probability falls below the minimum by
    as much; `unsure` stays until a label exceeds the minimum.
    """
    best = int(probabilities.argmax())
    if current == UNSURE:
        return labels[best] if probabilities[best] >= options.minimum_confidence else UNSURE
    held = float(probabilities[labels.index(current)])
    if labels[best] != current and probabilities[best] < held + options.hysteresis:
        best = labels.index(current)
    return labels[best] if probabilities[best] >= options.minimum_confidence - options.hysteresis else UNSURE
