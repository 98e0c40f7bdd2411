"""Steady labels: probabilities averaged over time, and a label that changes only for a reason."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.labels import DEFAULT_HEADS, DEFAULT_LABEL_SET, UNSURE
from emoar.types import Expression

__all__ = ["ExpressionSmoother", "SmootherOptions", "next_label"]


@dataclass(frozen=True)
class SmootherOptions:
    """How steady the label is."""

    label_set: str | None = None  # of the label; None is ferplus where the model has it, else its first set
    time_constant_s: float = 0.25  # of the average over time; 0 takes each frame by itself
    minimum_confidence: float = 0.40  # below it the label is `unsure`
    hysteresis: float = 0.08  # by so much another label must lead, and confidence must rise, before the label changes


@dataclass(frozen=True, eq=False)
class _State:
    average: Mapping[str, NDArray[np.float64]]  # by label set
    label: str
    since_s: float
    time_s: float


class ExpressionSmoother:
    """Smooths the expressions of several faces, each by its track id.

    Raises:
        InputError: the label set of the options is not one of the model's.
    """

    def __init__(
        self, options: SmootherOptions | None = None, label_sets: Mapping[str, tuple[str, ...]] = DEFAULT_HEADS
    ) -> None:
        self._options = options or SmootherOptions()
        self._label_sets = dict(label_sets)
        self.label_set = self._options.label_set or (
            DEFAULT_LABEL_SET if DEFAULT_LABEL_SET in label_sets else next(iter(label_sets))
        )
        if self.label_set not in label_sets:
            raise InputError(
                f"label set must be one of {', '.join(label_sets)} with this model, got {self.label_set!r}"
            )
        self._states: dict[int, _State] = {}

    def smooth(
        self, track_id: int, time_s: float, probabilities: Mapping[str, NDArray[np.float32]], *, usable: bool = True
    ) -> Expression:
        """The steady expression of a face, given this frame's probabilities (labels,) of every label set.

        A face that cannot be judged is `unsure`; its frame does not enter the average.
        """
        before = self._states.get(track_id)
        state = self._average(before, time_s, probabilities, usable=usable)
        chosen, labels = state.average[self.label_set], self._label_sets[self.label_set]
        label = next_label(chosen, labels, state.label, self._options) if usable else UNSURE
        since_s = state.since_s if before is not None and label == before.label else time_s
        self._states[track_id] = replace(state, label=label, since_s=since_s)
        return Expression(
            label_set=self.label_set,
            label=label,
            confidence=float(chosen.max()),
            by_label_set={
                name: dict(zip(labels, state.average[name].tolist(), strict=True))
                for name, labels in self._label_sets.items()
            },
            since_s=since_s,
        )

    def keep_only(self, track_ids: set[int]) -> None:
        """Forgets all faces but these."""
        self._states = {key: state for key, state in self._states.items() if key in track_ids}

    def reset(self) -> None:
        """Forgets all faces."""
        self._states = {}

    def _average(
        self, before: _State | None, time_s: float, probabilities: Mapping[str, NDArray[np.float32]], *, usable: bool
    ) -> _State:
        if before is not None and not usable:
            return replace(before, time_s=time_s)
        now = {name: probabilities[name].astype(np.float64) for name in self._label_sets}
        now = {name: p / p.sum() for name, p in now.items()}
        if before is None:
            return _State(now, UNSURE, time_s, time_s)
        weight = _weight(time_s - before.time_s, self._options.time_constant_s)
        mixed = {name: before.average[name] + weight * (new - before.average[name]) for name, new in now.items()}
        return replace(before, average=mixed, time_s=time_s)


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
