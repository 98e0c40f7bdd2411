"""`emoar export-scenes`: files where they are expected, one line for every bad input, nothing overwritten."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from .inputs import check_line

FACES = np.zeros((468, 3), np.float32)


def scene(index: int, *, faces: int = 1, landmarks: bool = False) -> dict:
    """The document of a scene; each face is happy."""
    probabilities = dict.fromkeys(("neutral", "surprise", "sadness", "anger", "disgust", "fear", "contempt"), 0.05)
    expression = {"label_set": "ferplus", "label": "happiness", "confidence": 0.65, "since_s": 0.0}
    face = {
        "box_xyxy_px": [10, 20, 110, 140],
        "five_landmarks_px": {},
        "presence": 1.0,
        "pose": {
            "matrix": [[1, 0, 0, 1], [0, 1, 0, 2], [0, 0, 1, -50], [0, 0, 0, 1]],
            "vertical_fov_deg": 63.0,
            "yaw_deg": 0.0,
            "pitch_deg": 0.0,
            "roll_deg": 0.0,
        },
        "quality": {"usable": True, "reasons": [], "eye_distance_px": 60.0, "sharpness": 1.0, "yaw_deg": 0.0},
        "expression": {**expression, "ferplus": {**probabilities, "happiness": 0.65}},
        **({"landmarks_px": FACES.tolist()} if landmarks else {}),
    }
    return {
        "schema": "emoar.scene/1",
        "source": "film.mp4",
        "frame_index": index,
        "time_s": index / 10,
        "width_px": 640,
        "height_px": 480,
        "faces_left_out": 0,
        "faces": [{"track_id": track + 1, **face} for track in range(faces)],
    }


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    path = tmp_path / "film.jsonl"
    path.write_text("".join(json.dumps(scene(index)) + "\n" for index in range(10)))
    return path


def test_the_file_lies_beside_the_recording(scenes: Path, emoar: Callable) -> None:
    result = emoar("export-scenes", scenes, "--as", "elan")
    assert (result.code, result.out.strip(), result.err) == (0, str(scenes.with_suffix(".eaf")), "")
    assert "happiness" in scenes.with_suffix(".eaf").read_text()


def test_several_go_into_a_folder_and_one_failure_ends_nothing(scenes: Path, tmp_path: Path, emoar: Callable) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text("no scene\n")
    result = emoar("export-scenes", broken, scenes, "--as", "csv", "-o", tmp_path / "tables")
    assert result.code == 2
    assert "broken.jsonl" in result.err
    assert "1 of 2 recordings" in result.err
    with (tmp_path / "tables" / "film.csv").open() as file:
        assert [row["label"] for row in csv.DictReader(file)] == ["happiness"] * 10


def test_landmarks_are_columns_where_they_were_recorded(tmp_path: Path, emoar: Callable) -> None:
    path = tmp_path / "film.jsonl"
    path.write_text(json.dumps(scene(0, landmarks=True)) + "\n")
    assert emoar("export-scenes", path, "--as", "openface", "-o", tmp_path / "film.csv").code == 0
    assert "x_67" in (tmp_path / "film.csv").read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no file"),
        ("", "empty"),
        ("Dear diary", "no recording"),
        (json.dumps({**scene(0), "schema": "emoar.scene/99"}), "emoar.scene/99"),
    ],
)
def test_bad_recordings(content: str | None, message: str, tmp_path: Path, emoar: Callable) -> None:
    path = tmp_path / "film.jsonl"
    if content is not None:
        path.write_text(content)
    result = emoar("export-scenes", path, "--as", "csv")
    assert result.code == 2
    check_line(result.err)
    assert message in result.err
    assert not (tmp_path / "film.csv").exists()


def test_bad_options(scenes: Path, tmp_path: Path, emoar: Callable) -> None:
    result = emoar("export-scenes", scenes, "--as", "spss")
    assert (result.code, "csv, wide" in result.err) == (2, True)
    before = scenes.read_bytes()
    result = emoar("export-scenes", scenes, "--as", "csv", "-o", scenes)
    assert (result.code, "overwritten" in result.err) == (2, True)
    assert scenes.read_bytes() == before
    result = emoar("export-scenes", scenes, "--as", "bids", "--task", "a b", "-o", tmp_path / "study")
    assert (result.code, "letters and digits" in result.err) == (2, True)
    assert not (tmp_path / "study").exists()
