"""The rules of a personal model: those of the model before, as far as the person's faces bear them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")

from emoar.models.decision import Decision, Rule  # noqa: E402
from emoar.models.public import model_path  # noqa: E402
from emoar.training.evaluation.predictions import Predictions  # noqa: E402
from emoar.training.personal.decided import (  # noqa: E402
    Measured,
    Measuring,
    accuracies,
    decided_accuracies,
    personal_decision,
    predictions_of,
)
from emoar.training.personal.faces import PersonFaces  # noqa: E402
from emoar.training.personal.personalise import base_of  # noqa: E402
from emoar.training.personal.public import public_faces  # noqa: E402

HEADS = {"mood": ("soft", "loud"), "other": ("near", "far")}
RARE = Rule((0.9, 0.1), balance=0.05, confidence=(1.0, 0.5, 0.0), unsure_below=0.3)  # makes the second more likely
RULES = Decision({"mood": RARE, "other": RARE})


def _found(soft: list[float]) -> Predictions:
    """Probabilities of the first label, the same in both sets."""
    rows = np.stack([soft, 1 - np.array(soft)], axis=1).astype(np.float32)
    return Predictions({"mood": rows, "other": rows}, np.ones(len(soft), np.bool_))


@pytest.mark.parametrize(
    ("index", "corrected"),
    [
        ([0, 0, 1], False),  # the first two are right without the correction only
        ([1, 1, 1], True),
        ([0, 1, 1], True),  # right as often: as before
        ([-1, -1, 1], True),
    ],
)
def test_the_correction_for_class_shares_is_kept_where_it_helps_as_much(index: list[int], corrected: bool) -> None:
    found = _found([0.55, 0.55, 0.1])
    rules = personal_decision(RULES, found, HEADS, {"mood": np.array(index)}).rules
    assert (rules["mood"].balance > 0) == corrected
    assert (rules["mood"].confidence, rules["mood"].unsure_below) == (RARE.confidence, RARE.unsure_below)
    assert rules["other"] == RARE  # no face is of it


def test_a_model_without_rules_stays_so() -> None:
    assert personal_decision(Decision(), _found([0.6]), HEADS, {"mood": np.array([1])}).rules == {}


def test_accuracies_of_heads_and_of_decided_labels() -> None:
    found, index = _found([0.55, 0.9]), {"mood": np.array([1, 0]), "other": np.array([-1, -1])}
    assert accuracies(found, index) == {"mood": 0.5}
    assert decided_accuracies(found, RULES, HEADS, index) == {"mood": 1.0}
    assert decided_accuracies(found, Decision(), HEADS, index) == {"mood": 0.5}


def test_files_and_networks_are_measured_as_they_run_live(people: PersonFaces) -> None:
    base = base_of("emoar-s")
    always_disgust = Decision({"fer2013": Rule((0.9, 1e-9, *[0.02] * 5), tau=1.0)})
    info = replace(base.info, decision=always_disgust)
    seen = predictions_of(model_path("emoar-s"), people.held_back).probabilities["fer2013"].argmax(axis=1)
    public = public_faces(base.network, "head", people.training, people.held_back, {"fer2013": seen})
    disgust, as_seen = (Measuring(info, people.held_back, {"fer2013": index}, public) for index in (seen * 0 + 1, seen))

    def each(measuring: Measuring, *, personal: bool) -> Iterator[Measured]:
        yield measuring.of_file(model_path("emoar-s"), personal=personal)
        yield measuring.of_network(base.network, "head", personal=personal)

    for measured in each(disgust, personal=False):
        assert measured.own == {"fer2013": 1.0}
        assert measured.public["fer2013"] >= 5 / 6  # int8 and float32 may differ in one face
        assert measured.public["fer2013, decided"] == 0.0
    for measured in each(as_seen, personal=True):
        assert measured.decision.rules["fer2013"].tau == 0
        assert measured.public["fer2013, decided"] >= 5 / 6
    for measured in each(replace(disgust, public=None), personal=False):
        assert measured.public == {}


def test_what_is_remembered() -> None:
    before, after = (Measured(Decision(), {}, {"head": 0.8, "head, decided": label}) for label in (0.8, 0.785))
    assert after.remembers(before, 0.02)
    assert not after.remembers(before, 0.01)
    assert Measured(Decision(), {}, {}).remembers(Measured(Decision(), {}, {}), 0.0)
