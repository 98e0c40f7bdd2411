"""Tables that `emoar video --scenes clip.parquet` writes, and those of own models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from makers import make_face, make_scene

from emoar.analysis.read_parquet import read_parquet
from emoar.media.sinks import open_scene_sink
from emoar.types import Expression, Scene

pytest.importorskip("pyarrow", reason="needs pyarrow: pip install pyarrow")


def test_frames_without_a_face_are_rows_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    sink = open_scene_sink(path)
    for index, faces in enumerate((0, 2, 0, 1)):
        sink.write(make_scene(faces, time_s=index / 10, index=index), None)
    sink.close()
    found = read_parquet(path)
    assert found.frames["frame_index"].tolist() == [0, 1, 2, 3]
    assert found.faces["frame_index"].tolist() == [1, 1, 3]
    assert not found.has_raw


def test_labels_of_an_own_model_with_underscores(tmp_path: Path) -> None:
    sets = {"custom": ("wide_awake", "tired")}
    expression = Expression("custom", "tired", 0.75, {"custom": {"wide_awake": 0.25, "tired": 0.75}})
    scene = make_scene()
    own = Scene(scene.frame, (replace(make_face(), expression=expression),))
    path = tmp_path / "a.parquet"
    sink = open_scene_sink(path, label_sets=sets)
    sink.write(own, None)
    sink.close()
    found = read_parquet(path)
    assert (found.label_sets, found.label_set) == (sets, "custom")
    np.testing.assert_allclose(found.faces["custom_wide_awake"], [0.25])
