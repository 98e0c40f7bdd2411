"""The task of a video job, as the server writes it for `annotate_job`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emoar.models.public import model_folder


def annotation_task(source: Path, folder: Path, /, **changes: Any) -> dict[str, Any]:
    """A task whose results go into a folder."""
    return {
        "source": str(source),
        "video": str(folder / "annotated.mp4"),
        "scenes": [str(folder / "scenes.jsonl")],
        "model": "emoar-s",
        "personal": None,
        "model_folder": str(model_folder()),
        "max_pixels": 10**6,
        "overlays": ["label"],
        "label_set": None,
        "max_faces": 4,
        "landmarks": False,
        "measures": False,
        "valence": False,
    } | changes
