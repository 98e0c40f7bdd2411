"""Scenes as rows and as a DataFrame: one row a face and frame, the columns of the Parquet file."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import pytest
from makers import make_face, make_scene

import emoar
from emoar.errors import DependencyMissing, InputError
from emoar.labels import DEFAULT_HEADS, FER2013, FERPLUS, MEASURES, VALENCE_METHOD
from emoar.media.scene_table import columns_for, empty_row, scene_to_rows, to_dataframe
from emoar.media.sinks import open_scene_sink
from emoar.types import Scene

NAMES = [column.name for column in columns_for(DEFAULT_HEADS)]


def test_columns_are_frame_face_and_probabilities() -> None:
    assert NAMES[:5] == ["source", "frame_index", "time_s", "width_px", "height_px"]
    assert NAMES[5:7] == ["faces_unread", "track_id"]
    probabilities = [*(f"ferplus_{label}" for label in FERPLUS), *(f"fer2013_{label}" for label in FER2013)]
    assert NAMES[-30:] == [*probabilities, *(f"raw_{name}" for name in probabilities)]
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("face_count", [0, 1, 3])
def test_a_row_has_every_column(face_count: int) -> None:
    scene = make_scene(face_count, time_s=0.5, index=7)
    rows = scene_to_rows(scene)
    assert len(rows) == face_count
    for track_id, row in enumerate(rows, 1):
        assert list(row) == NAMES
        assert (row["frame_index"], row["track_id"], row["label"], row["ferplus_happiness"]) == (
            7,
            track_id,
            "happiness",
            0.79,
        )
    assert empty_row(scene) == {**{name: scene.to_dict()[name] for name in NAMES[:5]}, "faces_unread": ""}


def test_a_table_of_faces() -> None:
    pytest.importorskip("pandas", reason="pip install 'emoar[data]'")
    table = emoar.to_dataframe(make_scene(faces, index=index) for index, faces in enumerate((2, 0, 1)))
    assert list(table.columns) == NAMES
    assert table[["frame_index", "track_id"]].values.tolist() == [[0, 1], [0, 2], [2, 1]]
    assert table["usable"].all()
    assert table.groupby("label")["confidence"].mean().to_dict() == pytest.approx({"happiness": 0.79})
    assert table["since_s"].tolist() == [0.5, 0.5, 0.5]
    assert table["reasons"].tolist() == [[], [], []]


@pytest.mark.parametrize("scenes", [[], [make_scene(0)]])
def test_a_table_without_faces_has_the_same_columns_and_types(scenes: list[Scene]) -> None:
    pytest.importorskip("pandas", reason="pip install 'emoar[data]'")
    table, full = to_dataframe(scenes), to_dataframe([make_scene()])
    assert len(table) == 0
    assert table.dtypes.to_dict() == full.dtypes.to_dict()
    assert table["confidence"].mean() != table["confidence"].mean()  # NaN: it is a number all the same


def test_labels_of_a_users_own_model() -> None:
    pytest.importorskip("pandas", reason="pip install 'emoar[data]'")
    own = emoar.Expression("custom", "awake", 0.9, {"custom": {"asleep": 0.1, "awake": 0.9}})
    scene = Scene(make_scene(0).frame, (dataclasses.replace(make_face(), expression=own),))
    table = to_dataframe([scene])
    assert list(table.columns[-4:-2]) == ["custom_asleep", "custom_awake"]
    assert table["custom_awake"].tolist() == [0.9]
    chosen = to_dataframe([scene], {"custom": ("awake",)})
    assert list(chosen.columns[-3:]) == ["since_s", "custom_awake", "raw_custom_awake"]


def test_the_columns_are_those_of_the_parquet_file(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pip install 'emoar[data]'")
    sink = open_scene_sink(tmp_path / "a.parquet")
    sink.write(make_scene(), None)
    sink.close()
    assert parquet.read_schema(tmp_path / "a.parquet").names == NAMES


def test_without_pandas_it_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(DependencyMissing, match=r"a DataFrame needs pandas: pip install 'emoar\[data\]'"):
        to_dataframe([])


def test_raw_probabilities_have_columns_of_their_own() -> None:
    pytest.importorskip("pandas", reason="pip install 'emoar[data]'")
    scene = make_scene()
    raw = {name: dict.fromkeys(by, 1 / len(by)) for name, by in scene.faces[0].expression.by_label_set.items()}
    expression = dataclasses.replace(scene.faces[0].expression, raw_by_label_set=raw)
    face = dataclasses.replace(scene.faces[0], expression=expression)
    table = to_dataframe([scene, dataclasses.replace(scene, faces=(face,))])
    assert table["raw_ferplus_happiness"].isna().tolist() == [True, False]
    assert table["raw_ferplus_happiness"][1] == 0.125
    assert table["ferplus_happiness"].tolist() == [0.79, 0.79]


def test_measures_and_valence_have_columns_where_faces_have_them(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pip install 'emoar[data]'")
    face = dataclasses.replace(make_face(), measures=dict.fromkeys(MEASURES, 0.5), valence=0.7)
    scenes = [Scene(make_scene(0).frame, (face, make_face(2)))]
    table = to_dataframe(scenes)
    further = [*(f"measure_{name}" for name in MEASURES), "valence", "valence_method"]
    assert list(table.columns) == [*NAMES, *further]
    assert table["measure_jawOpen"].fillna(-1).tolist() == [0.5, -1]
    assert table["valence"].fillna(-1).tolist() == [0.7, -1]
    with open_scene_sink(tmp_path / "a.parquet", measures=True, valence=True) as sink:
        sink.write(scenes[0], None)
    read = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [(row["measure_jawOpen"], row["valence_method"]) for row in read] == [(0.5, VALENCE_METHOD), (None, None)]
    with pytest.raises(InputError, match="whether it has measures"), open_scene_sink(tmp_path / "b.parquet") as sink:
        sink.write(scenes[0], None)
