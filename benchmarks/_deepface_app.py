"""DeepFace behind FastAPI, all settings as they come.

Its weights lie outside package indexes. Where they have not been downloaded, its own network runs with weights as they
come: that takes the same time, and its expressions are not compared.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("DEEPFACE_BACKEND_ENGINE", "tensorflow")

import numpy as np
from deepface.commons import weight_utils

_WEIGHTS = Path.home() / ".deepface" / "weights" / "facial_expression_model_weights.h5"
if not _WEIGHTS.is_file():  # before the models are imported, which take these functions with them
    weight_utils.download_weights_if_necessary = lambda *_, **__: ""
    weight_utils.load_model_weights = lambda model, **_: model

from deepface import DeepFace

from benchmarks._peer_app import application


def recognise(image: np.ndarray) -> list[dict[str, Any]]:
    """Box and emotions of each face."""
    faces = DeepFace.analyze(image, actions=["emotion"], silent=True)
    return [
        {
            "box": [int(face["region"][side]) for side in ("x", "y", "w", "h")],
            "emotions": {name: float(share) for name, share in face["emotion"].items()},
        }
        for face in faces
    ]


app = application(recognise)
