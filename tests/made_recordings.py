"""Recordings with known episodes, made without a video."""

from __future__ import annotations

import numpy as np

from emoar.analysis.recording import Recording
from emoar.labels import DEFAULT_HEADS
from emoar.media.scene_table import columns_for

RATE_HZ = 10.0


def make_recording(labels: dict[int, str], *, frames: int | None = None, landmarks: bool = False) -> Recording:
    """A recording at 10 frames/s.

    Args:
        labels: by track, a letter a frame: h, n, s for a label, u for not usable, - for away.
        frames: their number; None: that of the longest text.
        landmarks: whether it has any; point i is at (3 i, 3 i + 1).
    """
    names = {"h": "happiness", "n": "neutral", "s": "surprise", "u": "neutral"}
    count = frames or max(map(len, labels.values()), default=0)
    rows = [
        (index, track, names[text[index]], text[index] != "u")
        for index in range(count)
        for track, text in labels.items()
        if index < len(text) and text[index] != "-"
    ]
    faces: dict[str, np.ndarray] = {}
    for column in columns_for(DEFAULT_HEADS):
        kind = {"integer": np.int64, "flag": np.bool_, "text": "<U16", "texts": np.object_}.get(column.kind, np.float64)
        faces[column.name] = np.zeros(len(rows), kind)
    for at, (index, track, label, usable) in enumerate(rows):
        faces["source"][at] = "film.mp4"
        faces["frame_index"][at], faces["time_s"][at] = index, index / RATE_HZ
        faces["width_px"][at], faces["height_px"][at] = 640, 480
        faces["track_id"][at], faces["presence"][at] = track, 0.99
        faces["left_px"][at], faces["top_px"][at] = 100 * track, 50
        faces["right_px"][at], faces["bottom_px"][at] = 100 * track + 80, 150
        faces["yaw_deg"][at], faces["pitch_deg"][at], faces["roll_deg"][at] = 10, -20, 5
        faces["usable"][at], faces["reasons"][at] = usable, () if usable else ("too small", "too dark")
        faces["label_set"][at], faces["label"][at] = "ferplus", label
        for name, found in DEFAULT_HEADS.items():
            for one in found:
                faces[f"{name}_{one}"][at] = 0.8 if label.startswith(one[:4]) else 0.2 / (len(found) - 1)
    faces |= {"x_cm": np.full(len(rows), 3.0), "y_cm": np.full(len(rows), 4.0), "z_cm": np.full(len(rows), -60.0)}
    if landmarks:
        points = np.arange(468 * 3, dtype=np.float32).reshape(468, 3)
        faces["landmarks_px"] = np.repeat(points[None], len(rows), axis=0)
    index = np.arange(count)
    return Recording(
        name="film",
        frames={"frame_index": index, "time_s": index / RATE_HZ},
        faces=faces,
        label_sets=DEFAULT_HEADS,
        source="film.mp4",
    )
