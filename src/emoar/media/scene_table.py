"""Scenes as a table, one row for each face in each frame: the columns of the Parquet file and the DataFrame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Literal

from emoar.errors import DependencyMissing
from emoar.labels import DEFAULT_HEADS, MEASURES
from emoar.scene_json import label_sets_in
from emoar.types import Scene

__all__ = ["Column", "columns_for", "empty_row", "scene_to_rows", "to_dataframe", "unread_reasons"]


@dataclass(frozen=True)
class Column:
    """A column, and the place of its value in the JSON document of a scene."""

    name: str
    kind: Literal["text", "texts", "integer", "real", "time", "flag"]  # time: a real number in double precision
    place: tuple[str | int, ...]  # keys of the document, or of a face in it


_FRAME: Final = (
    Column("source", "text", ("source",)),
    Column("frame_index", "integer", ("frame_index",)),
    Column("time_s", "time", ("time_s",)),
    Column("width_px", "integer", ("width_px",)),
    Column("height_px", "integer", ("height_px",)),
    Column("faces_unread", "text", ("faces_unread",)),  # why faces were found, but not read: "turned away; covered"
)
_FACE: Final = (
    Column("track_id", "integer", ("track_id",)),
    Column("left_px", "real", ("box_xyxy_px", 0)),
    Column("top_px", "real", ("box_xyxy_px", 1)),
    Column("right_px", "real", ("box_xyxy_px", 2)),
    Column("bottom_px", "real", ("box_xyxy_px", 3)),
    Column("presence", "real", ("presence",)),
    Column("yaw_deg", "real", ("pose", "yaw_deg")),
    Column("pitch_deg", "real", ("pose", "pitch_deg")),
    Column("roll_deg", "real", ("pose", "roll_deg")),
    Column("usable", "flag", ("quality", "usable")),
    Column("reasons", "texts", ("quality", "reasons")),
    Column("eye_distance_px", "real", ("quality", "eye_distance_px")),
    Column("sharpness", "real", ("quality", "sharpness")),
    Column("label_set", "text", ("expression", "label_set")),
    Column("label", "text", ("expression", "label")),
    Column("confidence", "real", ("expression", "confidence")),
    Column("since_s", "time", ("expression", "since_s")),
)
_RAW: Final = "raw_"
_MEASURES: Final = tuple(Column(f"measure_{name}", "real", ("measures", name)) for name in MEASURES)
_VALENCE: Final = (Column("valence", "real", ("valence",)), Column("valence_method", "text", ("valence_method",)))
_PANDAS: Final = {"text": "object", "texts": "object", "integer": "int64", "flag": "bool"}  # else float64


def columns_for(
    label_sets: Mapping[str, Sequence[str]], *, measures: bool = False, valence: bool = False
) -> tuple[Column, ...]:
    """All columns in order.

    Each label of each set has one for its decided probability, such as `ferplus_anger`, and one for that of the
    network's head in the frame alone: `raw_ferplus_anger`, which is null where the face was not classified. On request,
    each measure has one, such as `measure_jawOpen`, and there are `valence` and `valence_method`.
    """
    labels = [(name, label) for name, labels in label_sets.items() for label in labels]
    smoothed = (Column(f"{name}_{label}", "real", ("expression", name, label)) for name, label in labels)
    raw = (Column(f"{_RAW}{name}_{label}", "real", ("raw_probabilities", name, label)) for name, label in labels)
    return (*_FRAME, *_FACE, *smoothed, *raw, *(_MEASURES if measures else ()), *(_VALENCE if valence else ()))


def scene_to_rows(scene: Scene) -> list[dict[str, Any]]:
    """One flat row for each face, with the names and units of `columns_for`; no row for a frame without faces."""
    document = scene.to_dict()
    frame = _frame_values(document)
    return [
        {**frame, **_values(_FACE, face), **_probabilities(face), **_on_request(face)} for face in document["faces"]
    ]


def empty_row(scene: Scene) -> dict[str, Any]:
    """The row for a frame without faces: it has no values for the columns of a face."""
    return _frame_values(scene.to_dict())


def to_dataframe(scenes: Iterable[Scene], label_sets: Mapping[str, Sequence[str]] | None = None) -> Any:
    """A pandas DataFrame, one row for each face in each frame; a frame without faces has no row.

    The columns are those of the Parquet file: frame, track, box, head angles, quality, label, and two for each
    probability: smoothed (`ferplus_anger`), and of the frame alone (`raw_ferplus_anger`; NaN where the face was not
    classified in the frame); those of the measures (`measure_jawOpen`) and the valence if a face has them. Without any
    face the table has the same columns and no rows.

    Args:
        scenes: the results of a pipeline; they are read once, and their pictures are not kept.
        label_sets: the probabilities that get a column (`Pipeline.label_sets`); None: those of the faces, or of the
            shipped models if there is no face.

    Raises:
        DependencyMissing: pandas is not installed.
    """
    try:
        pandas = import_module("pandas")
    except ImportError as exc:
        raise DependencyMissing("a DataFrame needs pandas: pip install 'emoar[data]'") from exc
    rows: list[dict[str, Any]] = []
    found: dict[str, tuple[str, ...]] = {}
    measures = valence = False
    for scene in scenes:
        rows += scene_to_rows(scene)
        measures |= any(face.measures is not None for face in scene.faces)
        valence |= any(face.valence is not None for face in scene.faces)
        for face in scene.faces:
            found |= {name: tuple(by) for name, by in face.expression.by_label_set.items() if name not in found}
    heads = found or DEFAULT_HEADS if label_sets is None else label_sets
    columns = columns_for(heads, measures=measures, valence=valence)
    table = pandas.DataFrame(rows, columns=[column.name for column in columns])
    return table.astype({column.name: _PANDAS.get(column.kind, "float64") for column in columns})


def _frame_values(document: Mapping[str, Any]) -> dict[str, Any]:
    return _values(_FRAME, {**document, "faces_unread": unread_reasons(document)})


def unread_reasons(document: Mapping[str, Any]) -> str:
    """The value of the column `faces_unread`: the reasons in the document of a scene, which older ones do not have."""
    return "; ".join(face["reason"] for face in document.get("faces_unread", ()))


def _values(columns: Sequence[Column], document: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in columns:
        value: Any = document
        for key in column.place:
            value = value[key]
        values[column.name] = value
    return values


def _probabilities(face: Mapping[str, Any]) -> dict[str, float | None]:
    sets, raw = label_sets_in(face["expression"]), face.get("raw_probabilities", {})
    labels = [(name, label) for name, probabilities in sets.items() for label in probabilities]
    return {
        **{f"{name}_{label}": sets[name][label] for name, label in labels},
        **{f"{_RAW}{name}_{label}": raw[name][label] if raw else None for name, label in labels},
    }


def _on_request(face: Mapping[str, Any]) -> dict[str, Any]:
    columns = (*(_MEASURES if "measures" in face else ()), *(_VALENCE if "valence" in face else ()))
    return _values(columns, face)
