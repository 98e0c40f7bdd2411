"""What one tagger agrees with the others, on votes that one can count, and compared with drawing taggers at random."""

from __future__ import annotations

import json

import numpy as np
import pytest

from emoar.training.data.agreement import tagger_agreement
from emoar.training.data.targets import VoteTargets


def targets(*votes: list[int]) -> VoteTargets:
    """Votes for the labels a, b and for the rejection `unknown`."""
    return VoteTargets(("a", "b"), ("unknown",), np.array(votes, np.float32))


def test_taggers_who_agree_score_all() -> None:
    found = tagger_agreement(targets([10, 0, 0], [0, 10, 0]))
    assert (found.accuracy, found.balanced_accuracy, found.faces) == (1.0, 1.0, 2.0)


def test_the_one_who_differs_is_wrong() -> None:
    found = tagger_agreement(targets([9, 1, 0]))
    assert found.accuracy == pytest.approx(0.9)
    assert found.balanced_accuracy == pytest.approx(0.9)


def test_a_rejection_of_a_face_that_counts_is_wrong() -> None:
    assert tagger_agreement(targets([8, 0, 2])).accuracy == pytest.approx(0.8)


def test_a_tie_of_the_others_goes_to_the_first_column() -> None:
    """5 to 5: without one of a the others are for b, and the reverse: nobody is right. 3 to 2: without an a, a tie."""
    assert tagger_agreement(targets([5, 5, 0])).accuracy == 0
    assert tagger_agreement(targets([3, 2, 0])).accuracy == pytest.approx(3 / 5)
    assert tagger_agreement(targets([2, 3, 0])).accuracy == 0  # without a b the tie goes to a


def test_faces_that_the_others_reject_do_not_count() -> None:
    found = tagger_agreement(targets([1, 0, 9], [10, 0, 0]))
    assert (found.accuracy, found.faces) == (1.0, 1.0)
    half = tagger_agreement(targets([0, 5, 5], [10, 0, 0]))  # without a vote for b the others reject it
    assert half.faces == pytest.approx(1.5)
    assert half.accuracy == pytest.approx(1 / 1.5)


def test_without_others_there_is_no_agreement() -> None:
    found = tagger_agreement(targets([1, 0, 0], [0, 0, 0]))
    assert np.isnan(found.accuracy)
    assert found.faces == 0
    assert json.loads(json.dumps(found.as_dict()))["accuracy"] is None


def test_it_is_what_drawing_taggers_gives() -> None:
    rng = np.random.default_rng(0)
    votes = rng.multinomial(10, [0.6, 0.3, 0.1], 60)
    found = tagger_agreement(targets(*votes.tolist()))
    hits = counted = 0
    for face in votes:
        taggers = np.repeat(np.arange(3), face)
        for place, vote in enumerate(taggers):
            others = np.bincount(np.delete(taggers, place), minlength=3).argmax()
            counted += others < 2
            hits += others < 2 and vote == others
    assert found.accuracy == pytest.approx(hits / counted)
    assert found.faces == pytest.approx(counted / 10)
