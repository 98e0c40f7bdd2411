"""Reads a session that the browser app has exported: one JSON document with samples, markers and persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from emoar.analysis.recording import Recording
from emoar.errors import InputError
from emoar.labels import FERPLUS
from emoar.session.marker import Marker

__all__ = ["BROWSER_SCHEMA", "is_browser_session", "read_browser"]

BROWSER_SCHEMA: Final = "emoar.session/1"
_SET: Final = "ferplus"
_RAW: Final = "raw_probabilities"
_SKIPPED: Final = "skipped"  # the browser's label of a face that is not usable
_HEAD_CHARACTERS: Final = 200


def is_browser_session(head: bytes) -> bool:
    """Whether a file that begins like this is one, of any version."""
    return b'"emoar.session/' in head[:_HEAD_CHARACTERS]


def read_browser(content: bytes, path: Path) -> Recording:
    """A recording of the document; a sample without a face is not in it, so its frames are those with a face.

    Raises:
        InputError: it is damaged, of another version, or has no samples.
    """
    try:
        document: dict[str, Any] = msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.MsgspecError as exc:
        raise InputError(f"{path.name} is damaged: {exc}") from exc
    if document.get("schema") != BROWSER_SCHEMA:
        raise InputError(f"{path.name}: {document.get('schema')!r}, and this version of EmoAR reads {BROWSER_SCHEMA!r}")
    try:
        samples = sorted(document["samples"], key=lambda sample: (sample["time_s"], sample["track"]))
        if not samples:
            raise InputError(f"{path.name} has no samples: no face was seen")
        faces = _faces(samples)
        markers = [Marker(each["name"], float(each["time_s"])) for each in document["markers"]]
        tracks = {face["face"]: face["tracks"] for face in document["faces"]}
        names = {face["face"]: face["name"] or f"face {face['face']}" for face in document["faces"]}
        rest = {
            track: np.array([shares[label] for label in FERPLUS], np.float64)
            for face, shares in document["neutral"].items()
            for track in tracks.get(int(face), [])
        }
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise exc if isinstance(exc, InputError) else InputError(f"{path.name} is not complete: {exc!r}") from exc
    return Recording(
        name=path.stem,
        frames=_frames(faces["time_s"], float(document.get("duration_s", 0))),
        faces=faces,
        label_sets={_SET: FERPLUS},
        markers=tuple(sorted(markers, key=lambda marker: marker.time_s)),
        source="browser",
        began=document.get("began"),
        rest=rest,
        persons={track: names[face] for face, own in tracks.items() for track in own},
    )


def _faces(samples: Sequence[Mapping[str, Any]]) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {
        "time_s": np.array([sample["time_s"] for sample in samples], np.float64),
        "track_id": np.array([sample["track"] for sample in samples], np.int64),
        "usable": np.array([sample["label"] != _SKIPPED for sample in samples], np.bool_),
        "label_set": np.array([_SET] * len(samples), np.str_),
        "label": np.array([sample["label"] for sample in samples], np.str_),
        "confidence": np.array([sample["confidence"] for sample in samples], np.float64),
    }
    for label in FERPLUS:
        columns[f"{_SET}_{label}"] = np.array([sample[_SET][label] for sample in samples], np.float64)
    if any(_RAW in sample for sample in samples):  # not in one without a classification since the sample before it
        nothing = {_SET: dict.fromkeys(FERPLUS, np.nan)}
        raw = [sample.get(_RAW, nothing)[_SET] for sample in samples]
        columns |= {f"raw_{_SET}_{label}": np.array([each[label] for each in raw], np.float64) for label in FERPLUS}
    columns["frame_index"] = np.unique(columns["time_s"], return_inverse=True)[1].astype(np.int64)
    return columns


def _frames(times_s: NDArray[np.float64], duration_s: float) -> dict[str, NDArray[Any]]:
    """The moments with a face, and the end of the session, so that its length is right."""
    times = np.unique(times_s)
    if duration_s > times[-1]:
        times = np.append(times, duration_s)
    return {"frame_index": np.arange(len(times), dtype=np.int64), "time_s": times}
