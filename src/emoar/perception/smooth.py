"""Temporal smoothing of expressions: an exponential average of the heads, the decision, and a label with hysteresis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.labels import DEFAULT_HEADS, DEFAULT_LABEL_SET, PERSONAL, UNSURE
from emoar.models.decision import Decision
from emoar.perception.association import distortion
from emoar.types import Expression

__all__ = ["ExpressionSmoother", "SmoothedExpression", "SmootherOptions", "is_due", "next_label"]


TIME_SLACK_S: Final = 1e-4  # frame times are rounded
SECOND_EVERY_S: Final = 0.1  # least time between two second predictions of a face
STEADY_SECOND_S: Final = 0.4  # the same, where both predictions are steady
STEADY_S: Final = 0.2  # how long a face that keeps its shape and its probabilities is not classified again
STEADY_TIMES: Final = 4  # at most so many times the least interval
STEADY: Final = 0.1  # probabilities that are nearer to their average are steady
SAME_SHAPE: Final = 0.004  # RMS in face sizes: noise moves landmarks by 0.0007, a mouth whose corners rise, by more


@dataclass(frozen=True)
class SmootherOptions:
    """Options of the temporal smoothing."""

    label_set: str | None = None  # of the label; None: the personal one, else the default one, else the model's first
    time_constant_s: float = 0.25  # of the exponential average; 0: no average
    minimum_confidence: float | None = None  # from which on an `unsure` face gets a label; None: the model's
    hysteresis: float = 0.08  # lead at which another label is shown; distance below the minimum for `unsure`


Averages = Mapping[str, NDArray[np.float64]]  # label set -> (labels,) probabilities of the heads, averaged over time


@dataclass(frozen=True, eq=False)
class SecondAverage:
    """The heads of the second prediction, which there is less often than the first."""

    average: Averages
    time_s: float  # up to which the average is known
    classified_s: float  # time of the last frame in which there was one
    is_steady: bool  # in that frame, its heads agreed with their average


@dataclass(frozen=True, eq=False)
class SmoothedExpression:
    """The smoothed expression of one face, and the state that the next frame continues."""

    expression: Expression
    average: Averages
    time_s: float  # up to which the average is known
    classified_s: float  # time of the last frame in which the face was classified, usable or not
    is_steady: bool = False  # in that frame, the heads agreed with their average
    second: SecondAverage | None = None  # None: the decision takes none

    def between(self, time_s: float, every_s: float) -> SmoothedExpression:
        """The same in a frame in which the face was not classified.

        From `every_s` on it could have been, and was steady: the average counts as confirmed at this time.
        """
        held = self
        if time_s - self.classified_s + TIME_SLACK_S >= every_s:
            held = replace(self, time_s=time_s, second=self.second and replace(self.second, time_s=time_s))
        if held.expression.raw_by_label_set is None:
            return held
        return replace(held, expression=replace(held.expression, raw_by_label_set=None))


class ExpressionSmoother:
    """Smooths the expression of a face over time.

    Attributes:
        label_set: the set that the label is from.

    Raises:
        InputError: the label set of the options is not one of the model's.
    """

    def __init__(
        self,
        options: SmootherOptions | None = None,
        label_sets: Mapping[str, tuple[str, ...]] = DEFAULT_HEADS,
        decision: Decision | None = None,
    ) -> None:
        self._options = options or SmootherOptions()
        self._label_sets = dict(label_sets)
        self._decision = decision or Decision()
        preferred = next((name for name in (PERSONAL, DEFAULT_LABEL_SET) if name in label_sets), next(iter(label_sets)))
        self.label_set = self._options.label_set or preferred
        if self.label_set not in label_sets:
            raise InputError(
                f"label set must be one of {', '.join(label_sets)} with this model, got {self.label_set!r}"
            )
        stated = self._options.minimum_confidence
        self._minimum = self._decision.unsure_below(self.label_set) if stated is None else stated

    def asks_second(self, before: SmoothedExpression | None, time_s: float) -> bool:
        """Whether `smooth` needs the second prediction in a frame, after `before`."""
        if not self._decision.second or before is None or before.second is None:
            return bool(self._decision.second)
        every_s = STEADY_SECOND_S if before.is_steady and before.second.is_steady else SECOND_EVERY_S
        return before.second.classified_s <= time_s - every_s + TIME_SLACK_S

    def smooth(
        self,
        before: SmoothedExpression | None,
        time_s: float,
        probabilities: Mapping[str, NDArray[np.float32]],
        *,
        usable: bool = True,
        second: Mapping[str, NDArray[np.float32]] | None = None,
    ) -> SmoothedExpression:
        """The smoothed expression of a face after one more frame.

        Args:
            before: the previous result of this method for the face; None for a new face.
            time_s: of the frame.
            probabilities: label set -> (labels,) of the heads in this frame.
            usable: whether the face can be classified in this frame. Where it cannot, the label is `unsure`, and the
                probabilities do not change an existing average.
            second: as `probabilities`, of the second prediction, for the confidence; None where there is none in this
                frame.
        """
        now = self._normalised(probabilities)
        average = self._average(before, time_s, now, usable=usable)
        is_steady = before is not None and usable and _apart(now, average) < STEADY
        doubt = self._second(before, time_s, second, usable=usable, is_steady=is_steady)
        decided = self._decision.decide(average, self._label_sets, doubt.average if doubt else None)
        shown, labels = decided[self.label_set], self._label_sets[self.label_set]
        last = before.expression if before else None
        current = last.label if last else UNSURE
        label = next_label(shown, labels, current, self._minimum, self._options.hysteresis) if usable else UNSURE
        expression = Expression(
            label_set=self.label_set,
            label=label,
            confidence=float(shown.max()),
            by_label_set=self._by_label(decided),
            since_s=last.since_s if last and last.label == label else time_s,
            raw_by_label_set=self._by_label(now) if usable else None,
        )
        return SmoothedExpression(expression, average, time_s, time_s, is_steady, doubt)

    def _normalised(self, probabilities: Mapping[str, NDArray[np.float32]]) -> Mapping[str, NDArray[np.float64]]:
        now = {name: probabilities[name].astype(np.float64) for name in self._label_sets}
        return {name: p / p.sum() for name, p in now.items()}

    def _by_label(self, values: Mapping[str, NDArray[np.float64]]) -> Mapping[str, Mapping[str, float]]:
        return {
            name: dict(zip(labels, values[name].tolist(), strict=True)) for name, labels in self._label_sets.items()
        }

    def _average(self, before: SmoothedExpression | None, time_s: float, now: Averages, *, usable: bool) -> Averages:
        if before is not None and not usable:
            return before.average
        return now if before is None else self._continued(before.average, now, time_s - before.time_s)

    def _second(
        self,
        before: SmoothedExpression | None,
        time_s: float,
        probabilities: Mapping[str, NDArray[np.float32]] | None,
        *,
        usable: bool,
        is_steady: bool,
    ) -> SecondAverage | None:
        last = before.second if before else None
        if probabilities is None or (last and not usable):
            # the second prediction of a steady face is steady: the average is known up to now, and follows at the same
            # pace as the face's own when the face changes
            return replace(last, time_s=time_s) if last and is_steady else last
        now = self._normalised(probabilities)
        average = self._continued(last.average, now, time_s - last.time_s) if last else now
        return SecondAverage(average, time_s, time_s, last is not None and _apart(now, average) < STEADY)

    def _continued(self, average: Averages, now: Averages, step_s: float) -> Averages:
        weight = _weight(step_s, self._options.time_constant_s)
        return {name: average[name] + weight * (new - average[name]) for name, new in now.items()}


def _apart(now: Averages, average: Averages) -> float:
    """The largest difference of a probability from its average."""
    return max(float(np.abs(new - average[name]).max()) for name, new in now.items())


def _weight(step_s: float, time_constant_s: float) -> float:
    """Weight of the newest value in an exponential average, 0..1."""
    return 1.0 if time_constant_s <= 0 else 1 - math.exp(-max(0.0, step_s) / time_constant_s)


def is_due(
    before: SmoothedExpression,
    before_px: NDArray[np.float32],
    time_s: float,
    now_px: NDArray[np.float32],
    every_s: float,
) -> bool:
    """Whether a face is classified again, in a frame at `time_s`.

    It is after `every_s`. A face that keeps its shape, and whose probabilities keep theirs, waits for `STEADY_S`: the
    network would see the same again.

    Args:
        before: the result of the last classification.
        before_px: (468, 3) landmarks of that frame.
        time_s: of this frame.
        now_px: (468, 3) landmarks of this frame.
        every_s: the least time between two classifications; 0: every frame is classified.
    """
    age_s = time_s - before.classified_s + TIME_SLACK_S
    if age_s < every_s:
        return False
    longest_s = min(STEADY_TIMES * every_s, max(STEADY_S, every_s))
    return age_s >= longest_s or not before.is_steady or distortion(before_px, now_px) > SAME_SHAPE


def next_label(
    probabilities: NDArray[np.float64], labels: tuple[str, ...], current: str, minimum: float, hysteresis: float
) -> str:
    """The label to show after `current`, for (labels,) decided probabilities.

    A label stays until another one leads by the hysteresis, or until its own probability is lower than the minimum by
    more than the hysteresis. `unsure` stays until the probability of a label reaches the minimum.
    """
    best = int(probabilities.argmax())
    if current == UNSURE:
        return labels[best] if probabilities[best] >= minimum else UNSURE
    held = float(probabilities[labels.index(current)])
    if labels[best] != current and probabilities[best] < held + hysteresis:
        best = labels.index(current)
    return labels[best] if probabilities[best] >= minimum - hysteresis else UNSURE
