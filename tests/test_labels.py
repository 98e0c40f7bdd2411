"""Label sets, a user's among them: categories that content packs know, and colours that can be told apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from emoar.labels import (
    AU_LIKE,
    CATEGORIES,
    COLOURS_RGB,
    DEFAULT_LABEL_SET,
    FER2013,
    FERPLUS,
    LABEL_SETS,
    MEASURES,
    UNSURE,
    VALENCE_METHOD,
    category,
    colours_rgb,
    title_of,
    valence,
)


def test_every_shipped_label_has_a_category_and_a_colour() -> None:
    assert {category(label) for label in (*FER2013, *FERPLUS, UNSURE)} == set(CATEGORIES) == set(COLOURS_RGB)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Joy", "happiness"),
        ("SMILE", "happiness"),
        ("Surprised", "surprise"),
        ("scared", "fear"),
        ("happiness", "happiness"),
        ("asleep", "asleep"),  # a category of its own
        ("Asleep", "Asleep"),  # whose spelling is the user's
        ("müde", "müde"),
    ],
)
def test_categories(label: str, expected: str) -> None:
    assert category(label) == expected


def test_the_table_names_each_set_once() -> None:
    assert [*LABEL_SETS] == [known.name for known in LABEL_SETS.values()]
    assert LABEL_SETS["fer2013"].categories == tuple(category(label) for label in FER2013)
    assert DEFAULT_LABEL_SET in LABEL_SETS


def test_title() -> None:
    assert (title_of("ferplus"), title_of("fer2013"), title_of("custom")) == ("FER+", "FER2013", "custom")


@pytest.mark.parametrize("labels", [FERPLUS, FER2013])
def test_shipped_labels_have_the_colours_of_their_categories(labels: tuple[str, ...]) -> None:
    assert dict(colours_rgb(labels)) == {label: COLOURS_RGB[category(label)] for label in (*labels, UNSURE)}


@pytest.mark.parametrize(
    "labels",
    [
        ("asleep", "awake"),
        ("happy", "asleep", "yawning"),
        ("joy", "happy", "smile"),  # one category: still three colours
        tuple(f"label {i}" for i in range(24)),
    ],
)
def test_labels_of_ones_own_have_colours_that_differ(labels: tuple[str, ...]) -> None:
    colours = colours_rgb(labels)
    assert list(colours) == [UNSURE, *labels]
    for one, other in combinations(labels, 2):
        assert np.abs(np.subtract(colours[one], colours[other])).max() >= 12
    for colour in colours.values():
        assert all(0 <= value <= 255 for value in colour)
        assert max(colour) > 110  # readable on dark video


def test_a_label_keeps_its_colour_whatever_its_place() -> None:
    """Of labels that mean the same expression the first one has its colour."""
    assert colours_rgb(("asleep", "happy"))["happy"] == COLOURS_RGB["happiness"]
    assert colours_rgb(("joy", "happy"))["joy"] == COLOURS_RGB["happiness"]
    assert colours_rgb(("a", "b")) == colours_rgb(("a", "b"))


def test_more_labels_than_hues_still_get_a_colour() -> None:
    assert len(colours_rgb(tuple(map(str, range(100))))) == 101


def test_every_measure_of_an_action_unit_exists() -> None:
    assert len(set(MEASURES)) == len(MEASURES)
    assert {name for names in AU_LIKE.values() for name in names} <= set(MEASURES)


def test_measures_of_one_side_have_the_other_side() -> None:
    assert {name.replace("Left", "Right") for name in MEASURES} <= set(MEASURES)
    assert {name.replace("Right", "Left") for name in MEASURES} <= set(MEASURES)


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        ({"neutral": 0.2, "happiness": 0.7, "anger": 0.04, "fear": 0.06}, 0.64),
        ({"angry": 0.5, "happy": 0.1, "sad": 0.3, "surprise": 0.1}, -0.4),  # the highest of the others, not their sum
        ({"happiness": 0, "contempt": 1}, -1),
        ({"asleep": 0.4, "awake": 0.6}, None),
        ({"happiness": 0.4, "neutral": 0.6}, None),
    ],
)
def test_valence(probabilities: dict[str, float], expected: float | None) -> None:
    assert valence(probabilities) == (None if expected is None else pytest.approx(expected))


def test_the_formula_of_the_valence_names_its_labels() -> None:
    assert VALENCE_METHOD == "P(happiness) - max(P(anger), P(sadness), P(disgust), P(fear), P(contempt))"
