"""The same scenes read from every format, and files that are no recordings."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from makers import make_face, make_scene

from emoar.analysis.read import read_recording
from emoar.analysis.recording import Recording
from emoar.errors import InputError
from emoar.labels import DEFAULT_HEADS
from emoar.media.sinks import open_scene_sink
from emoar.session.session_sink import SessionSink
from emoar.types import Frame, Quality, Scene

IMAGE = np.zeros((4, 4, 3), np.uint8)


def scenes() -> list[Scene]:
    """Two faces, nobody, one face that is blurred."""
    blurred = replace(make_face(), quality=Quality(10.0, 0.01, 0.0, ("too blurred",)))
    return [
        make_scene(2, time_s=0.0),
        Scene(Frame(IMAGE, 0.1, 1, "made.mp4")),
        Scene(Frame(IMAGE, 0.2, 2, "made.mp4"), (blurred,)),
    ]


def write(path: Path, landmarks: bool = False) -> Path:
    if path.suffix == ".emoar":
        with SessionSink(path, source="made.mp4") as session:
            for scene in scenes():
                session.write(scene)
        return path
    sink = open_scene_sink(path, landmarks=landmarks)
    for scene in scenes():
        sink.write(scene, None)
    sink.close()
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet", ".emoar"])
def test_every_format_gives_the_same_tables(suffix: str, tmp_path: Path) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow", reason="needs pyarrow: pip install pyarrow")
    recording = read_recording(write(tmp_path / f"made{suffix}"))
    assert (recording.name, recording.source, recording.label_set) == ("made", "made.mp4", "ferplus")
    assert recording.label_sets == DEFAULT_HEADS
    assert recording.frames["time_s"].tolist() == [0.0, 0.1, 0.2]
    assert recording.frames["frame_index"].tolist() == [0, 1, 2]
    faces = recording.faces
    assert faces["track_id"].tolist() == [1, 2, 1]
    assert faces["usable"].tolist() == [True, True, False]
    assert [list(each) for each in faces["reasons"]] == [[], [], ["too blurred"]]
    np.testing.assert_allclose(faces["ferplus_happiness"], 0.79, atol=1e-4)
    assert {len(column) for column in faces.values()} == {3}
    assert not recording.has_raw
    assert (recording.start_s, recording.end_s) == (0.0, pytest.approx(0.3))
    if suffix != ".parquet":
        np.testing.assert_allclose(faces["z_cm"], -50)


def test_landmarks_on_request(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", landmarks=True)
    assert read_recording(path, landmarks=True).faces["landmarks_px"].shape == (3, 468, 3)
    assert "landmarks_px" not in read_recording(path).faces
    with pytest.raises(InputError, match="line 1: there are no landmarks: record them with --landmarks"):
        read_recording(write(tmp_path / "b.jsonl"), landmarks=True)


def test_raw_probabilities_where_a_face_was_classified(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [scene.to_dict() for scene in scenes()]
    lines[0]["faces"][1]["raw_probabilities"] = {"ferplus": {"happiness": 0.5}}
    path = tmp_path / "raw.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    recording = read_recording(path)
    assert recording.has_raw
    np.testing.assert_array_equal(recording.faces["raw_ferplus_happiness"], [np.nan, 0.5, np.nan])


def test_a_session_without_faces(tmp_path: Path) -> None:
    with SessionSink(tmp_path / "a.emoar") as session:
        session.write(make_scene(0))
    recording = read_recording(tmp_path / "a.emoar")
    assert (len(recording.faces["track_id"]), len(recording.frames["time_s"])) == (0, 1)
    assert recording.label_sets == DEFAULT_HEADS


def test_one_scene_of_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "photo.json"
    path.write_text(json.dumps(make_scene(3).to_dict(), indent=2))
    assert read_recording(path).faces["track_id"].tolist() == [1, 2, 3]


def test_a_last_line_that_is_cut_off(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl")
    path.write_bytes(path.read_bytes()[:-30])
    recording = read_recording(path)
    assert recording.frames["time_s"].tolist() == [0.0, 0.1]
    assert recording.notes == ("the last line is cut off and left out",)


def changed(**values: object) -> str:
    return json.dumps({**make_scene().to_dict(), **values}) + "\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("  \n", "is no recording"),
        ("time,label\n", "is no recording: give scenes"),
        ("{", "line 1 is no JSON"),
        (changed() + "{oh\n" + changed(), "line 2 is no JSON: the file is damaged"),
        (changed(schema="emoar.scene/9"), "line 1: 'emoar.scene/9', and this version of EmoAR reads 'emoar.scene/1'"),
        ('{"a": 1}\n', "line 1: None, and this version"),
        (changed(faces=[{}]), "line 1: the scene is not complete"),
        (changed(time_s=2) + changed(time_s=1), "line 2: the time goes back from 2 to 1 s: give one recording a file"),
        (b"\x1f\x8b" + bytes(40), "ends before its first line"),
        (b"PAR1 no table PAR1", "damaged Parquet|needs pyarrow"),
        (b"\x89PNG\r\n", "is no recording"),
        ('{"schema": "emoar.session/1"', "is damaged"),
        ('{"schema": "emoar.session/2"}', "'emoar.session/2', and this version of EmoAR reads 'emoar.session/1'"),
        ('{"schema": "emoar.session/1"}', "is not complete: KeyError"),
        ('{"schema": "emoar.session/1", "samples": []}', "has no samples"),
    ],
)
def test_files_that_are_no_recordings(content: str | bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Exception, match=words) as error:
        read_recording(path)
    assert "\n" not in str(error.value)


def test_places_that_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        read_recording(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="is a folder"):
        read_recording(tmp_path)


def test_a_file_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    path = write(tmp_path / "a.jsonl")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"cannot read .*a\.jsonl: Permission denied"):
        read_recording(path)


def test_a_table_of_several_recordings(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="needs pyarrow: pip install pyarrow")
    sink = open_scene_sink(tmp_path / "two.parquet")
    for time_s in (0.5, 0.1):
        sink.write(make_scene(time_s=time_s), None)
    sink.close()
    with pytest.raises(InputError, match="several recordings"):
        read_recording(tmp_path / "two.parquet")


def test_a_table_of_something_else(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason="needs pyarrow: pip install pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs pyarrow: pip install pyarrow")
    parquet.write_table(arrow.table({"a": [1]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"reads tables of 'emoar\.scene/1'"):
        read_recording(tmp_path / "a.parquet")


def test_the_label_set_of_nothing() -> None:
    empty: dict[str, Any] = {"label_set": np.empty(0, np.str_)}
    assert Recording("a", {"time_s": np.empty(0)}, empty, {}).label_set == ""
