"""The decision: evidence of both heads, class shares, confidence; without rules everything stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.errors import ModelMismatch
from emoar.labels import DEFAULT_HEADS, FER2013, FERPLUS
from emoar.models.decision import MIRROR, Decision, Rule, decision_from_dict, decision_to_dict, shared_places

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "golden" / "decision" / "cases.json").read_text()
)
SHARES = (0.36, 0.26, 0.13, 0.12, 0.087, 0.007, 0.023, 0.013)
RULE = Rule(SHARES)


def head(labels: tuple[str, ...], **named: float) -> NDArray[np.float64]:
    """Probabilities of the named labels; the rest is shared by the others."""
    rest = (1 - sum(named.values())) / (len(labels) - len(named))
    return np.array([named.get(label, rest) for label in labels])


def heads(ferplus: NDArray[np.float64], fer2013: NDArray[np.float64] | None = None) -> dict[str, NDArray[np.float64]]:
    return {"ferplus": ferplus, "fer2013": head(FER2013) if fer2013 is None else fer2013}


def decided(rule: Rule, faces: dict[str, NDArray[np.float64]]) -> dict[str, float]:
    values = Decision({"ferplus": rule}).decide(faces, DEFAULT_HEADS)["ferplus"]
    return dict(zip(FERPLUS, values.tolist(), strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_golden_cases(case: dict[str, Any]) -> None:
    decision = decision_from_dict(case["decision"], DEFAULT_HEADS)
    faces = {name: np.array(values) for name, values in case["heads"].items()}
    second = {name: np.array(values) for name, values in case.get("second", {}).items()}
    assert bool(decision.second) == bool(second)
    for name, values in decision.decide(faces, DEFAULT_HEADS, second or None).items():
        np.testing.assert_allclose(values, case["decided"][name], atol=2e-6)
        assert values.sum() == pytest.approx(sum(case["heads"][name]), abs=1e-5)


def test_without_rules_the_heads_decide() -> None:
    faces = {"custom": np.array([0.3, 0.7])}
    decision = Decision()
    assert decision.decide(faces, {"custom": ("asleep", "awake")})["custom"].tolist() == [0.3, 0.7]
    assert decision.unsure_below("custom") == 0.40


@pytest.mark.parametrize(("tau", "balance"), [(0.5, 0.0), (0.0, 0.05)])
def test_rare_labels_win_where_they_are_nearly_as_probable(tau: float, balance: float) -> None:
    face = heads(head(FERPLUS, neutral=0.5, fear=0.4))
    plain, adjusted = decided(RULE, face), decided(Rule(SHARES, tau=tau, balance=balance), face)
    assert max(plain, key=plain.__getitem__) == "neutral"
    assert max(adjusted, key=adjusted.__getitem__) == "fear"


def test_a_sure_head_keeps_its_label() -> None:
    shown = decided(Rule(SHARES, tau=0.5, balance=0.05), heads(head(FERPLUS, neutral=0.995)))
    assert max(shown, key=shown.__getitem__) == "neutral"


def test_the_other_head_tips_the_scales_but_for_labels_that_it_lacks() -> None:
    rule = Rule(SHARES, other="fer2013", weight=0.3)
    ferplus = head(FERPLUS, neutral=0.5, anger=0.35, contempt=0.1)
    before, after = decided(RULE, heads(ferplus)), decided(rule, heads(ferplus, head(FER2013, angry=0.9)))
    assert max(before, key=before.__getitem__) == "neutral"
    assert max(after, key=after.__getitem__) == "anger"
    contempt = heads(head(FERPLUS, contempt=0.6, neutral=0.3), head(FER2013, neutral=0.9))
    assert decided(rule, contempt)["contempt"] == pytest.approx(0.6)


def test_the_largest_probability_is_the_confidence() -> None:
    face = heads(head(FERPLUS, surprise=0.6, fear=0.3))
    assert decided(RULE, face)["surprise"] == pytest.approx(0.6, abs=1e-6)
    doubtful = Rule(SHARES, confidence=(-1.0, 1.0, 0.0))
    expected = 1 / (1 + np.exp(1 - np.log(0.6 / 0.4)))
    shown = decided(doubtful, face)
    assert shown["surprise"] == pytest.approx(expected, abs=1e-6)
    assert sorted(shown, key=shown.__getitem__)[-2:] == ["fear", "surprise"]
    assert sum(shown.values()) == pytest.approx(1)


@pytest.mark.parametrize("constant", [-30.0, 30.0])
def test_extreme_confidences_stay_probabilities(constant: float) -> None:
    for ferplus in (head(FERPLUS, anger=1.0), head(FERPLUS), head(FERPLUS, anger=0.5, fear=0.5)):
        shown = decided(Rule(SHARES, confidence=(constant, 1.0, 0.0)), heads(ferplus))
        values = np.array([*shown.values()])
        assert np.isfinite(values).all()
        assert values.sum() == pytest.approx(1)
        assert values.argmax() == ferplus.argmax()


def test_an_entropy_lowers_the_confidence_where_the_rest_is_open() -> None:
    rule = Rule(SHARES, confidence=(0.0, 1.0, -1.0))
    open_, closed = heads(head(FERPLUS, anger=0.5)), heads(head(FERPLUS, anger=0.5, neutral=0.5))
    assert decided(rule, open_)["anger"] < max(decided(rule, closed).values())


def test_a_second_prediction_that_differs_lowers_the_confidence_and_keeps_the_label() -> None:
    rule = Rule(SHARES, second=MIRROR)
    face, other = heads(head(FERPLUS, anger=0.8)), heads(head(FERPLUS, neutral=0.8))
    alone, same, differs = (
        Decision({"ferplus": rule}).decide(face, DEFAULT_HEADS, second)["ferplus"] for second in (None, face, other)
    )
    np.testing.assert_array_equal(alone, same)
    assert differs.argmax() == alone.argmax() == FERPLUS.index("anger")
    assert differs.max() == pytest.approx((0.8 + 0.2 / 7) / 2, abs=1e-6)
    np.testing.assert_array_equal(
        Decision({"ferplus": Rule(SHARES)}).decide(face, DEFAULT_HEADS, other)["ferplus"], alone
    )


def test_shared_places_follow_the_categories() -> None:
    places = shared_places(FERPLUS, FER2013)
    assert [(FERPLUS[own], FER2013[other]) for own, other in places][:2] == [
        ("neutral", "neutral"),
        ("happiness", "happy"),
    ]
    assert len(places) == 7
    assert shared_places(("asleep", "awake"), FER2013) == ()


def test_round_trip() -> None:
    rule = Rule(SHARES, 0.2, 0.01, "fer2013", 0.1, (0.3, 0.9, -0.5), 0.45, second=MIRROR)
    decision = Decision({"ferplus": rule, "fer2013": Rule((0.1,) * 7)})
    assert decision_from_dict(json.loads(json.dumps(decision_to_dict(decision))), DEFAULT_HEADS) == decision
    assert decision_from_dict({}, DEFAULT_HEADS) == Decision()


@pytest.mark.parametrize(
    "document",
    [
        3,
        {"ferplus": 1},
        {"ferplus": {"shares": [0.1] * 8}},
        {"ferplus": {"shares": [0.1] * 7, "confidence": [0, 1, 0]}},
        {"ferplus": {"shares": [0.0] * 8, "confidence": [0, 1, 0]}},
        {"ferplus": {"shares": [0.1] * 8, "confidence": [0, 1]}},
        {"ferplus": {"shares": [0.1] * 8, "confidence": [0, 1, 0], "tau": 2}},
        {"ferplus": {"shares": [0.1] * 8, "confidence": [0, 1, 0], "other": "mine", "weight": 0.1}},
        {"mine": {"shares": [0.5, 0.5], "confidence": [0, 1, 0]}},
        {
            "ferplus": {"shares": [0.1] * 8, "confidence": [0, 1, 0], "second": "mirror"},
            "fer2013": {"shares": [0.1] * 7, "confidence": [0, 1, 0], "second": "emoar-s"},
        },
    ],
)
def test_damaged_documents_are_refused(document: Any) -> None:
    with pytest.raises(ModelMismatch):
        decision_from_dict(document, DEFAULT_HEADS)
