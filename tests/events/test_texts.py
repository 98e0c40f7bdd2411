"""The JSON texts of connections: ASCII, the same values, and made once."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from emoar.events.feed import Feed
from emoar.events.texts import event_text, json_text, scene_text
from emoar.events.values import FaceAppeared
from emoar.types import Face, Scene

from .test_detector import face, scene


@pytest.mark.parametrize("source", ["camera 0", 'a "b" \\ /\n\x00\x7f', "Türkamera ✓ 😀"])
def test_the_standard_library_reads_the_texts(source: str) -> None:
    numbers = [0.0, -0.0, 0.0001, 123456.789012, 1e-7, 1e22, 3, True, None, []]
    document = {"source": source, "numbers": numbers, "nested": {"ä": {}}}
    text = json_text(document)
    assert text.isascii()
    assert json.loads(text) == document
    event = FaceAppeared(1, 2.5, source)
    assert json.loads(event_text(event)) == event.to_dict()


def test_the_text_of_a_scene_is_made_once_for_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Face] = []
    to_dict = Face.to_dict
    monkeypatch.setattr(Face, "to_dict", lambda self, **options: (made.append(self), to_dict(self, **options))[1])
    given: list[Scene] = []
    feeds = [Feed(lambda events, found: given.extend([found] if found else [])) for _ in range(3)]
    first = scene(0.0, face())
    for feed in feeds:
        feed.send(first)
    assert len({scene_text(each) for each in given}) == 1
    assert len(made) == 1
    assert json.loads(scene_text(given[0])) == first.to_dict()
    assert json.loads(scene_text(given[0], landmarks=True)) == first.to_dict(landmarks=True)


def test_another_scene_has_another_text() -> None:
    first = scene(0.0, face())
    second = replace(first, frame=replace(first.frame, time_s=1.0, image=np.zeros((4, 4, 3), np.uint8)))
    assert json.loads(scene_text(first))["time_s"] == 0.0
    assert json.loads(scene_text(second))["time_s"] == 1.0
