"""The tables of docs/accuracy.md: each has its place on the page, and what is written leaves the rest as it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from benchmarks import _evaluations
from benchmarks._composed_faces import Read, exposures, read_pictures, rotations, sizes
from benchmarks._evaluations import manifest_figures
from benchmarks._markdown import replace_block, table
from benchmarks.accuracy import BLOCKS, PAGE, PRIVATE_BLOCKS, write_figures
from marked_faces import MarkedPredictor, marked_dataset
from training_faces import face_dataset

from emoar.labels import FERPLUS
from emoar.pipeline import Pipeline
from emoar.training.data.targets import NO_LABEL

HAPPINESS = FERPLUS.index("happiness")


def test_a_block_is_replaced_and_the_rest_stays() -> None:
    page = "a\n<!-- x -->\nold \\1\n<!-- end of x -->\nb\n<!-- xy -->\n<!-- end of xy -->\n"
    once = replace_block(page, "x", "new \\g<0>\n")
    assert once == "a\n<!-- x -->\n\nnew \\g<0>\n\n<!-- end of x -->\nb\n<!-- xy -->\n<!-- end of xy -->\n"
    assert replace_block(once, "x", "new \\g<0>") == once
    with pytest.raises(ValueError, match="no block 'z'"):
        replace_block(page, "z", "")


def test_a_table_has_its_headings_first() -> None:
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | ---: |\n| 1 | 2 |"


def test_every_table_has_a_place_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    for name in (*BLOCKS, *PRIVATE_BLOCKS):
        assert replace_block(page, name, "x") != page


def test_the_manifest_gets_figures_and_keeps_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_evaluations, "open_predictor", lambda _name: MarkedPredictor())
    manifest = tmp_path / "manifest.json"
    manifest.write_text(
        json.dumps({"a": {"file": "a.tflite", "accuracy": {"ferplus": 0.1}}, "b": {"file": "b.tflite"}})
    )
    data = marked_dataset([1, 1, 2], [1, 0, 2])
    figures = manifest_figures(["marked"], data, "PrivateTest")
    assert figures == {"marked": {"accuracy": {"fer2013": 0.6667}, "balanced": {"fer2013": 0.75}}}
    write_figures(manifest, {"a": figures["marked"]})
    assert json.loads(manifest.read_text()) == {
        "a": {"file": "a.tflite", **figures["marked"]},
        "b": {"file": "b.tflite"},
    }


@pytest.fixture
def portrait(astronaut: np.ndarray) -> np.ndarray:
    """(96, 96) grey: the face fills the crop, as in FER2013."""
    import cv2

    face = cv2.cvtColor(astronaut[50:220, 140:310], cv2.COLOR_RGB2GRAY)
    return cv2.resize(face, (96, 96), interpolation=cv2.INTER_AREA)


def test_pictures_are_read_by_the_whole_pipeline(astronaut: np.ndarray) -> None:
    with Pipeline() as pipeline:
        read = read_pictures(pipeline, [astronaut, np.full_like(astronaut, 128)])
    assert read.found.tolist() == read.usable.tolist() == [True, False]
    assert read.label.tolist() == [HAPPINESS, NO_LABEL]
    assert 60 < read.width_px[0] < 160
    assert np.isnan(read.yaw_deg).tolist() == [False, True]
    some: Read = read.of(np.array([True, False]))
    assert some.label.tolist() == [HAPPINESS]


def test_tables_of_composed_pictures_have_the_figures_of_a_smile(portrait: np.ndarray) -> None:
    votes = np.zeros((1, 10), np.float32)
    votes[0, HAPPINESS] = 10
    data = face_dataset(portrait[None], ["PublicTest"], votes=votes)
    by_gain = rows(exposures("emoar-s", data))
    assert by_gain["x 1"][:3] == ["100.0 %"] * 3
    assert by_gain["x 0.0312"][-1] == "0.0 %"  # black
    by_size = rows(sizes("emoar-s", data))
    assert by_size["120 px"][1:4] == ["100.0 %"] * 3
    assert rows(rotations("emoar-s", data))["0°"][:3] == ["100.0 %"] * 3


def rows(text: str) -> dict[str, list[str]]:
    lines = [line.strip("| ").split(" | ") for line in text.splitlines()[2:]]
    return {cells[0]: cells[1:] for cells in lines}
