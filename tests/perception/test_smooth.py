from __future__ import annotations

import numpy as np
import pytest

from emoar.labels import FERPLUS, UNSURE
from emoar.models.decision import MIRROR, Decision, Rule
from emoar.perception.smooth import ExpressionSmoother, SmoothedExpression, SmootherOptions, is_due, next_label
from emoar.types import Expression


def probabilities(**named: float) -> np.ndarray:
    rest = (1 - sum(named.values())) / (len(FERPLUS) - len(named))
    return np.array([named.get(label, rest) for label in FERPLUS], np.float32)


FLAT = np.full(7, 1 / 7, np.float32)
FLAT_8 = np.full(8, 1 / 8, np.float32)


def both(ferplus: np.ndarray, fer2013: np.ndarray = FLAT) -> dict[str, np.ndarray]:
    return {"ferplus": ferplus, "fer2013": fer2013}


@pytest.mark.parametrize(
    ("current", "now", "expected"),
    [
        (UNSURE, {"happiness": 0.9}, "happiness"),
        (UNSURE, {"happiness": 0.41}, "happiness"),
        (UNSURE, {"happiness": 0.39}, UNSURE),
        ("happiness", {"happiness": 0.45, "neutral": 0.5}, "happiness"),  # does not lead by enough
        ("happiness", {"happiness": 0.35, "neutral": 0.5}, "neutral"),
        ("happiness", {"happiness": 0.32}, "happiness"),  # still above the lower limit
        ("happiness", {"happiness": 0.28}, UNSURE),
    ],
)
def test_next_label(current: str, now: dict[str, float], expected: str) -> None:
    assert next_label(probabilities(**now).astype(np.float64), FERPLUS, current, 0.4, 0.1) == expected


def run(options: SmootherOptions, *frames: tuple[float, dict[str, np.ndarray]]) -> list[Expression]:
    """The expressions of one face over (time, probabilities) frames."""
    smoother, state, shown = ExpressionSmoother(options), None, []
    for time_s, frame in frames:
        state = smoother.smooth(state, time_s, frame)
        shown.append(state.expression)
    return shown


def test_one_odd_frame_changes_nothing_but_a_lasting_change_does() -> None:
    names = ["anger" if index == 20 or index >= 40 else "happiness" for index in range(60)]
    shown = run(SmootherOptions(), *((i / 30, both(probabilities(**{name: 0.9}))) for i, name in enumerate(names)))
    labels = [expression.label for expression in shown]
    assert set(labels[:40]) == {"happiness"}
    assert labels[40] == "happiness"
    assert labels[55:] == ["anger"] * 5


def test_probabilities_sum_to_one_in_order_and_confidence_is_the_largest() -> None:
    frames = [(i / 30, both(probabilities(fear=0.5), FLAT * (1 + i / 100))) for i in range(5)]
    *_, found = run(SmootherOptions(label_set="fer2013"), *frames)
    assert tuple(found.ferplus) == FERPLUS
    assert sum(found.ferplus.values()) == pytest.approx(1)
    assert sum(found.fer2013.values()) == pytest.approx(1)
    assert found.probabilities is found.fer2013
    assert found.confidence == max(found.fer2013.values())
    assert found.label == UNSURE


def test_since_is_when_the_label_began() -> None:
    names = ["happiness", "happiness", "anger", "anger", "happiness"]
    frames = [(float(t), both(probabilities(**{name: 0.9}))) for t, name in enumerate(names)]
    assert [shown.since_s for shown in run(SmootherOptions(time_constant_s=0), *frames)] == [0, 0, 2, 2, 4]


def test_an_unusable_face_is_unsure_and_leaves_the_average_alone() -> None:
    smoother = ExpressionSmoother(SmootherOptions())
    first = smoother.smooth(None, 0.0, both(probabilities(happiness=0.9)))
    hidden = smoother.smooth(first, 0.1, both(probabilities(anger=0.9)), usable=False)
    assert hidden.expression.label == UNSURE
    assert hidden.expression.ferplus["happiness"] == pytest.approx(0.9, abs=1e-6)
    again = smoother.smooth(hidden, 0.2, both(probabilities(happiness=0.9)))
    assert (again.expression.label, again.expression.since_s) == ("happiness", 0.2)


def test_smoothing_changes_no_state() -> None:
    smoother = ExpressionSmoother(SmootherOptions())
    first = smoother.smooth(None, 0.0, both(probabilities(happiness=0.9)))
    one = smoother.smooth(first, 0.1, both(probabilities(anger=0.9)))
    other = smoother.smooth(first, 0.1, both(probabilities(anger=0.9)))
    assert one.expression == other.expression
    assert first.expression.ferplus["happiness"] == pytest.approx(0.9, abs=1e-6)


def test_the_raw_probabilities_are_those_of_the_frame_alone() -> None:
    smoother = ExpressionSmoother()
    first = smoother.smooth(None, 0.0, both(probabilities(happiness=0.9)))
    second = smoother.smooth(first, 0.1, both(probabilities(anger=0.9), FLAT * 2))
    raw = second.expression.raw_probabilities
    assert raw is not None
    assert raw["anger"] == pytest.approx(0.9)
    assert second.expression.probabilities["anger"] < 0.5
    assert second.expression.raw_by_label_set is not None
    assert sum(second.expression.raw_by_label_set["fer2013"].values()) == pytest.approx(1)
    assert second.between(0.12, 0.05).expression.raw_probabilities is None
    assert second.between(0.12, 0.05).expression.probabilities == second.expression.probabilities
    hidden = smoother.smooth(second, 0.2, both(probabilities(fear=0.9)), usable=False)
    assert hidden.expression.raw_probabilities is None


def classified(*names: str) -> SmoothedExpression:
    """The state of a face after classifications every 50 ms, the last one at 0."""
    smoother, state = ExpressionSmoother(), None
    for index, name in enumerate(names):
        state = smoother.smooth(state, 0.05 * (index + 1 - len(names)), both(probabilities(**{name: 0.9})))
    assert state is not None
    return state


SHAPE = np.random.default_rng(0).uniform(0, 200, (468, 3)).astype(np.float32)
MOVED = (SHAPE * 1.1 + 30).astype(np.float32)  # nearer and elsewhere: the same shape
CHANGED = SHAPE + np.float32(4) * (np.arange(468) < 40)[:, None].astype(np.float32)  # as when a mouth opens


@pytest.mark.parametrize(
    ("before", "now_px", "due_s"),
    [
        (("happiness",), SHAPE, 0.05),  # one answer is no steady one
        (("happiness",) * 3, SHAPE, 0.2),
        (("happiness",) * 3, MOVED, 0.2),
        (("happiness",) * 3, CHANGED, 0.05),
        (("happiness", "happiness", "anger"), SHAPE, 0.05),  # the average has to follow
        (("happiness",) + ("anger",) * 20, SHAPE, 0.2),
    ],
)
def test_a_face_that_keeps_its_shape_is_classified_less_often(
    before: tuple[str, ...], now_px: np.ndarray, due_s: float
) -> None:
    state = classified(*before)
    assert not is_due(state, SHAPE, due_s - 0.001, now_px, 0.05)
    assert is_due(state, SHAPE, due_s, now_px, 0.05)


def test_a_longer_interval_stays_and_every_frame_is_every_frame() -> None:
    state = classified(*("happiness",) * 3)
    assert is_due(state, SHAPE, 0.001, SHAPE, 0.0)
    assert not is_due(state, SHAPE, 0.29, CHANGED, 0.3)
    assert is_due(state, SHAPE, 0.3, SHAPE, 0.3)


def test_a_steady_average_is_confirmed_in_the_frames_between() -> None:
    """The next answer, after a longer pause, does not count for all of it: the shown numbers would jump."""
    smoother, state = ExpressionSmoother(), classified(*("happiness",) * 3)
    odd = both(probabilities(happiness=0.5))
    for time_s in (0.03, 0.06, 0.1, 0.13, 0.17):
        state = state.between(time_s, 0.05)
    assert (state.time_s, state.classified_s) == (0.17, 0.0)
    after_pause = smoother.smooth(state, 0.2, odd).expression.probabilities["happiness"]
    at_once = smoother.smooth(classified(*("happiness",) * 3), 0.05, odd).expression.probabilities["happiness"]
    assert 0.5 < at_once < after_pause < 0.9


def test_without_smoothing_raw_and_smoothed_are_the_same() -> None:
    frames = [(i / 30, both(probabilities(**{name: 0.9}))) for i, name in enumerate(["anger", "fear"])]
    for expression in run(SmootherOptions(time_constant_s=0), *frames):
        assert expression.raw_probabilities == pytest.approx(expression.probabilities)


DECISION = Decision({"ferplus": Rule((0.4, 0.3, 0.1, 0.1, 0.06, 0.01, 0.02, 0.01), tau=0.5, unsure_below=0.6)})


def test_the_label_is_decided_and_the_heads_stay_in_the_raw_probabilities() -> None:
    smoother = ExpressionSmoother(SmootherOptions(time_constant_s=0.0), decision=DECISION)
    expression = smoother.smooth(None, 0.0, both(probabilities(neutral=0.5, fear=0.48))).expression
    assert expression.label == UNSURE  # not as sure as the rule asks for
    assert max(expression.probabilities, key=expression.probabilities.__getitem__) == "fear"
    assert expression.confidence == pytest.approx(max(expression.probabilities.values()))
    assert expression.raw_probabilities is not None
    assert expression.raw_probabilities["neutral"] == pytest.approx(0.5, abs=1e-6)
    assert smoother.smooth(None, 0.0, both(probabilities(fear=0.7))).expression.label == "fear"


def test_a_stated_minimum_is_used_instead_of_the_models() -> None:
    smoother = ExpressionSmoother(SmootherOptions(minimum_confidence=0.3), decision=DECISION)
    assert smoother.smooth(None, 0.0, both(probabilities(neutral=0.5, fear=0.48))).expression.label == "fear"


def test_heads_are_averaged_before_the_decision() -> None:
    smoother, later = ExpressionSmoother(SmootherOptions(), decision=DECISION), 10.0
    first = smoother.smooth(None, 0.0, both(probabilities(neutral=0.9)))
    second = smoother.smooth(first, later, both(probabilities(neutral=0.5, fear=0.48)))
    alone = smoother.smooth(None, later, both(probabilities(neutral=0.5, fear=0.48)))
    assert second.expression.probabilities == pytest.approx(alone.expression.probabilities, abs=1e-6)


SECOND = Decision({"ferplus": Rule((1 / 8,) * 8, second=MIRROR, unsure_below=0.5)})


def test_a_second_prediction_that_differs_makes_the_face_unsure() -> None:
    smoother = ExpressionSmoother(decision=SECOND)
    face, other = both(probabilities(happiness=0.8)), both(probabilities(neutral=0.9))
    alike, differs = (smoother.smooth(None, 0.0, face, second=second).expression for second in (face, other))
    assert (alike.label, alike.confidence) == ("happiness", pytest.approx(0.8, abs=1e-5))
    assert (differs.label, differs.confidence) == (UNSURE, pytest.approx((0.8 + 0.1 / 7) / 2, abs=1e-5))
    assert differs.raw_probabilities == alike.raw_probabilities


def test_the_second_prediction_is_asked_every_other_time_and_averaged_over_time() -> None:
    smoother, face = ExpressionSmoother(decision=SECOND), both(probabilities(happiness=0.8))
    state, asked, confidences = None, [], []
    for frame in range(7):
        time_s = frame * 0.05
        asked.append(smoother.asks_second(state, time_s))
        second = both(probabilities(happiness=0.8 if frame == 0 else 0.2)) if asked[-1] else None
        state = smoother.smooth(state, time_s, face, second=second)
        confidences.append(state.expression.confidence)
    assert asked == [True, False] * 3 + [True]
    assert confidences[0] == confidences[1] > confidences[2] == confidences[3] > confidences[4] > 0.5
    assert not ExpressionSmoother(decision=DECISION).asks_second(None, 0.0)


def test_the_second_prediction_of_a_steady_face_is_asked_less_often() -> None:
    smoother, face = ExpressionSmoother(decision=SECOND), both(probabilities(happiness=0.8))
    state, asked = None, []
    for frame in range(13):
        time_s = frame * 0.1
        if smoother.asks_second(state, time_s):
            asked.append(frame)
        state = smoother.smooth(state, time_s, face, second=face if frame in asked else None)
    assert asked == [0, 1, 5, 9]  # two times until it is known to be steady


def test_a_steady_face_that_changes_is_as_sure_as_one_whose_second_prediction_was_always_asked() -> None:
    smoother = ExpressionSmoother(decision=SECOND)
    before, after = both(probabilities(happiness=0.8)), both(probabilities(surprise=0.8))

    def confidences(*, always: bool) -> list[float]:
        state, found = None, []
        for frame in range(30):
            face, time_s = before if frame < 17 else after, frame * 0.05
            asks = always or smoother.asks_second(state, time_s)
            state = smoother.smooth(state, time_s, face, second=face if asks else None)
            found.append(state.expression.confidence)
        return found

    apart = np.subtract(confidences(always=False), confidences(always=True))
    assert np.abs(apart[:17]).max() < 1e-9
    assert np.abs(apart).max() < 0.1
    assert np.abs(apart[23:]).max() < 0.03


def test_the_second_prediction_of_an_unusable_face_changes_nothing() -> None:
    smoother = ExpressionSmoother(decision=SECOND)
    first = smoother.smooth(None, 0.0, both(probabilities(happiness=0.8)), second=both(probabilities(happiness=0.8)))
    hidden = smoother.smooth(first, 0.2, both(FLAT_8), usable=False, second=both(FLAT_8))
    assert hidden.second is first.second
