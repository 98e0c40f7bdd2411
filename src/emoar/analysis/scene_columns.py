"""The documents of scenes as columns."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, MutableSequence, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.analysis.recording import Table
from emoar.errors import InputError
from emoar.labels import DEFAULT_HEADS
from emoar.media.scene_table import Column, columns_for, unread_reasons
from emoar.scene_json import SCHEMA, label_sets_in

__all__ = ["SceneColumns", "column_array"]

_FRAME: Final = ("frame_index", "time_s")
_POSE: Final = tuple(
    Column(name, "real", ("pose", "matrix", row, 3)) for row, name in enumerate(("x_cm", "y_cm", "z_cm"))
)
_NUMBERS: Final = ("real", "time")
_NOTHING: Final = float("nan")
_TYPES: Final = {"integer": np.int64, "flag": np.bool_, "text": np.str_, "texts": np.object_}


class SceneColumns:
    """Collects scenes, one document after the other, into the tables of a `Recording`.

    Args:
        name: of the file, for messages.
        landmarks: whether to keep the landmarks; each face must then have them.
    """

    def __init__(self, name: str, *, landmarks: bool = False) -> None:
        self._name, self._landmarks = name, landmarks
        self._frames: dict[str, list[Any]] = {column: [] for column in _FRAME}
        self._columns: tuple[Column, ...] = ()
        self._values: dict[str, MutableSequence[Any]] = {}  # numbers packed: an hour has millions
        self._raw: dict[tuple[str, str], array[float]] = {}  # by label set and label
        self._measures: list[Mapping[str, float]] = []
        self._points: list[NDArray[np.float32]] = []
        self.label_sets: dict[str, tuple[str, ...]] = {}
        self.source = ""

    def add(self, document: Mapping[str, Any], line: int) -> None:
        """Adds one scene; `line` is its place in the file.

        Raises:
            InputError: another schema, an incomplete document, or a time before the last one's.
        """
        if document.get("schema") != SCHEMA:
            raise InputError(
                f"{self._name}, line {line}: {document.get('schema')!r}, and this version of EmoAR reads {SCHEMA!r}"
            )
        try:
            time_s = float(document["time_s"])
            times = self._frames["time_s"]
            if times and time_s < times[-1]:
                raise InputError(
                    f"{self._name}, line {line}: the time goes back from {times[-1]:g} to {time_s:g} s: "
                    "give one recording a file"
                )
            self.source = self.source or str(document["source"])
            for column in _FRAME:
                self._frames[column].append(document[column])
            of_frame = {**document, "faces_unread": unread_reasons(document)}
            for face in document["faces"]:
                self._add_face(of_frame, face, line)
        except (KeyError, TypeError, IndexError, AttributeError, ValueError) as exc:
            if isinstance(exc, InputError):
                raise
            raise InputError(f"{self._name}, line {line}: the scene is not complete ({exc})") from exc

    def tables(self) -> tuple[Table, Table]:
        """The tables of frames and of faces."""
        if not self._columns:
            self._begin(DEFAULT_HEADS)
        frames: dict[str, NDArray[Any]] = {
            "frame_index": np.array(self._frames["frame_index"], np.int64),
            "time_s": np.array(self._frames["time_s"], np.float64),
        }
        faces: dict[str, NDArray[Any]] = {
            column.name: column_array(self._values[column.name], column.kind) for column in self._columns
        }
        faces |= self._raw_columns() | self._measure_columns()
        if self._landmarks:
            faces["landmarks_px"] = np.stack(self._points) if self._points else np.empty((0, 468, 3), np.float32)
        return frames, faces

    def _begin(self, sets: Mapping[str, Sequence[str]]) -> None:
        self.label_sets = {name: tuple(labels) for name, labels in sets.items()}
        always = (column for column in columns_for(self.label_sets) if not column.name.startswith("raw_"))
        self._columns = (*always, *_POSE)
        self._values = {each.name: array("d") if each.kind in _NUMBERS else [] for each in self._columns}
        self._raw = {(name, label): array("d") for name, labels in self.label_sets.items() for label in labels}

    def _raw_columns(self) -> dict[str, NDArray[Any]]:
        """The probabilities before smoothing; nothing where no face has them. A face has them when it is classified."""
        columns = {f"raw_{name}_{label}": column_array(values, "real") for (name, label), values in self._raw.items()}
        return columns if any(not np.isnan(column).all() for column in columns.values()) else {}

    def _measure_columns(self) -> dict[str, NDArray[Any]]:
        """The measures and the valence, which a recording has on request."""
        names = dict.fromkeys(name for measures in self._measures for name in measures)
        return {name: column_array([measures.get(name) for measures in self._measures], "real") for name in names}

    def _add_face(self, document: Mapping[str, Any], face: Mapping[str, Any], line: int) -> None:
        sets = label_sets_in(face["expression"])
        if not self._columns:
            self._begin({name: tuple(by) for name, by in sets.items()})
        for column in self._columns:
            value: Any = document if column.place[0] in document else face
            for key in column.place:
                value = value[key]
            self._values[column.name].append(_NOTHING if value is None and column.kind in _NUMBERS else value)
        raw: Mapping[str, Mapping[str, float | None]] = face.get("raw_probabilities") or {}
        for (name, label), values in self._raw.items():
            value = raw.get(name, {}).get(label)
            values.append(_NOTHING if value is None else value)
        valence = {"valence": face["valence"]} if "valence" in face else {}
        self._measures.append({f"measure_{name}": value for name, value in face.get("measures", {}).items()} | valence)
        if self._landmarks:
            if "landmarks_px" not in face:
                raise InputError(f"{self._name}, line {line}: there are no landmarks: record them with --landmarks")
            self._points.append(np.array(face["landmarks_px"], np.float32))


def column_array(values: Sequence[Any], kind: str) -> NDArray[Any]:
    """A column of a kind of `media.scene_table.Column`; a number that is missing is NaN, a text is empty."""
    if kind == "texts":
        column = np.empty(len(values), np.object_)
        column[:] = [tuple(value or ()) for value in values]
        return column
    if kind == "text":
        return np.array([value or "" for value in values], np.str_)
    if kind in _TYPES:
        return np.array(values, _TYPES[kind])
    if isinstance(values, array):
        return np.array(values, np.float64)
    return np.array([np.nan if value is None else value for value in values], np.float64)
