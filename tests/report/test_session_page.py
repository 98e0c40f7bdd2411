"""What a report on recordings shows, and what it does not hide."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

pytest.importorskip("jinja2", reason="pages need Jinja2: pip install 'emoar[report]'")
pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")

from emoar.analysis.recording import Recording
from emoar.analysis.recording_summary import summarise
from emoar.report.session_page import session_page
from emoar.session.marker import Marker

MARKERS = (Marker("rest", 0), Marker("a <b>film</b>", 4), Marker("talk", 8))
LABELS = ("neutral", "happiness")


def recording(name: str = "p1", **changes: Any) -> Recording:
    """Twelve seconds at 10 a second; happy from 4 to 8 s, hardly ever usable after it."""
    times = np.arange(120) / 10
    happy = np.where((times >= 4) & (times < 8), 0.8, 0.1) + 0.02 * np.sin(times * 9)
    faces: dict[str, Any] = {
        "time_s": times,
        "track_id": np.ones(120, np.int64),
        "usable": (times < 8) | (np.arange(120) % 10 == 0),
        "label_set": np.array(["ferplus"] * 120),
        "label": np.where(happy > 0.5, "happiness", "neutral"),
        "ferplus_happiness": happy,
        "ferplus_neutral": 1 - happy,
    }
    frames = {"time_s": times, "frame_index": np.arange(120)}
    return Recording(name, frames, faces | changes, {"ferplus": LABELS}, source=f"{name}.mp4")


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.S))


def page(*names: str, purpose: str = "a test", **options: Any) -> str:
    found = [summarise(recording(name), markers=MARKERS, **options) for name in names]
    return session_page(found, purpose)


def test_a_page_of_one_recording() -> None:
    html = page("p1", baseline="rest", purpose="<script>alert(1)</script>")
    text = text_of(html)
    assert "Purpose: &lt;script&gt;" in text
    assert "<script" not in html
    assert "http" not in html.replace("http://www.w3.org/", "").replace("http://purl.org", ""), "nothing is fetched"
    assert "a &lt;b&gt;film&lt;/b&gt;" in html
    assert re.search(r"Largest change from rest: (happiness \+|neutral −)(69|70)\.\d points in “a &lt;b", text)
    assert html.count("<svg") == 3
    for svg in re.findall(r"<svg.*?</svg>", html, flags=re.S):
        ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns:xlink="x" ', 1))
    assert "effective n" in text
    assert "prohibits inferring emotions of people at work and in education" in text
    assert "smoothed probabilities only" in text


def test_a_segment_that_was_hardly_classified_is_greyed() -> None:
    rows = re.findall(r'<tr class="few[^"]*"><td>(\w*)</td>', page("p1"))
    assert rows[0] == "talk"
    assert len(re.findall(r"<tr><td>rest</td>", page("p1"))) == 1


def test_what_is_missing_is_named() -> None:
    text = text_of(page("p1"))
    assert "No baseline was given" in text
    assert "change from rest is shown" in text
    brief = np.concatenate([np.ones(118, np.int64), [2, 2]])
    found = summarise(replace(recording(track_id=brief), notes=("the last line is cut off and left out",)))
    text = text_of(session_page([found], "a test"))
    assert "1 further face was seen for less than a second" in text
    assert "The last line is cut off" in text


def test_raw_probabilities_are_shown_beside_the_smoothed_ones() -> None:
    raw = np.full(120, 0.25)
    found = summarise(recording(raw_ferplus_happiness=raw, raw_ferplus_neutral=1 - raw), markers=MARKERS)
    text = text_of(session_page([found], "a test"))
    assert "raw mean" in text
    assert "25.0 %" in text
    assert "smoothed probabilities only" not in text


def test_nobody() -> None:
    faces = {name: column[:0] for name, column in recording().faces.items()}
    found = summarise(replace(recording(), faces=faces))
    text = text_of(session_page([found], "a test"))
    assert "No face could be classified for a second or more" in text


def test_several_recordings_are_compared_by_person() -> None:
    html = page("p1", "p2", "p3", baseline="rest")
    text = text_of(html)
    assert "3 recordings compared" in text
    assert "One value a person and segment" in text
    assert re.search(r"<td>persons</td><td>3</td><td>3</td><td>0</td>", html), "nobody was classified in the talk"
    alone = [summarise(recording("p1"), markers=MARKERS), summarise(recording("p2"))]
    assert "The recordings share no segment" in text_of(session_page(alone, "a test"))


def test_own_labels_have_colours_of_their_own() -> None:
    faces = dict(recording().faces)
    faces["label_set"] = np.array(["custom"] * 120)
    faces["label"] = np.where(faces["label"] == "neutral", "still", "bored")
    faces["custom_still"], faces["custom_bored"] = faces["ferplus_neutral"], faces["ferplus_happiness"]
    own = replace(recording(), faces=faces, label_sets={"custom": ("still", "bored")})
    html = session_page([summarise(own, markers=MARKERS)], "a test", "Own labels")
    for label, colour in (("still", "blue"), ("bored", "vermilion")):
        assert f'<span style="--swatch: var(--{colour})">{label}</span>' in html
    assert "<h1>Own labels</h1>" in html
