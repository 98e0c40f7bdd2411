"""The items of a pack: which of them a face gets, and what stands under a quote."""

from __future__ import annotations

import dataclasses

import pytest

from emoar.overlay import default_content
from emoar.overlay.content import Quote, content_for
from emoar.types import Face, Frame

from ..conftest import MakeFace, MakeScene


def test_a_quote_stands_in_the_marks_of_its_language_above_its_source() -> None:
    german = Quote("O Freude!", "B", work="Lied", language="de-AT")
    english = Quote("Oh joy!", "B", work="Song", translator="C", translator_died=1900)
    assert (german.quoted, german.source) == ("„O Freude!“", "Lied")
    assert (english.quoted, english.source) == ("“Oh joy!”", "Song, translated by C")
    assert Quote("Oh joy!", "A").source == ""


def test_a_pack_shows_the_quotes_of_one_language() -> None:
    here, there = Quote("Oh joy!", "A"), Quote("O Freude!", "B", language="de-AT")
    pack = dataclasses.replace(default_content(), quotes={"happiness": (here, there), "fear": (here,)})
    assert pack.in_language("de").quotes == {"happiness": (there,), "fear": (here,)}
    assert pack.in_language("en-GB").quotes == {"happiness": (here,), "fear": (here,)}


def quote_for(face: Face, frame: Frame, seed: int = 0) -> Quote | None:
    return content_for(default_content().quotes, face, frame, seed, "quote")


def since(face: Face, since_s: float) -> Face:
    return dataclasses.replace(face, expression=dataclasses.replace(face.expression, since_s=since_s))


def test_same_quote_while_the_label_lasts(make_face: MakeFace, make_scene: MakeScene) -> None:
    quotes = {
        quote_for(make_face((200 + 5 * step, 300), 150 + step), make_scene(time_s=step / 30).frame)
        for step in range(60)
    }
    assert len(quotes) == 1


def test_quotes_change_with_the_label_the_face_and_the_seed(make_face: MakeFace, make_scene: MakeScene) -> None:
    frame, face = make_scene().frame, make_face()
    by_time = {quote_for(since(face, float(second)), frame) for second in range(200)}
    by_face = {quote_for(make_face(track_id=number), frame) for number in range(1, 200)}
    by_seed = {quote_for(face, frame, seed) for seed in range(200)}
    everything = set(default_content().quotes["happiness"])
    assert by_time == by_face == by_seed == everything


@pytest.mark.parametrize("label", ["unsure"])
def test_unsure_has_no_quote(label: str, make_face: MakeFace, make_scene: MakeScene) -> None:
    assert quote_for(make_face(label=label), make_scene().frame) is None


def test_both_label_sets_draw_from_the_same_quotes(make_face: MakeFace, make_scene: MakeScene) -> None:
    quote = quote_for(make_face(label="sad", label_set="fer2013"), make_scene().frame)
    assert quote in default_content().quotes["sadness"]
