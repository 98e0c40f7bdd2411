"""A model with labels of your own: here the shipped network, whose eight labels get German names.

A model that was trained on your own classes is used the same way; its file has their names already.

python examples/own_label_set.py photo.jpg
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import emoar
from emoar.models import model_path
from emoar.models.metadata import ModelInfo, with_info

GERMAN = ("neutral", "Freude", "Überraschung", "Trauer", "Wut", "Ekel", "Angst", "Verachtung")  # in FER+'s order


def write_model(path: Path) -> None:
    """Writes the shipped network with another description: one label set, `custom`, with the German labels."""
    info = ModelInfo("emoar-m-german", heads={"custom": GERMAN})
    path.write_bytes(with_info(model_path("emoar-m").read_bytes(), info))


def main(source: str) -> None:
    """Prints the probabilities of each face, most likely first."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "german.tflite"
        write_model(model)
        options = emoar.PipelineOptions(mode="photo", model=model)
        with emoar.Pipeline(options) as pipeline, emoar.open_frames(source) as frames:
            for frame in frames:
                for face in pipeline(frame).faces:
                    ranked = sorted(face.expression.probabilities.items(), key=lambda item: -item[1])
                    print(f"face {face.track_id}: " + ", ".join(f"{label} {value:.0%}" for label, value in ranked[:3]))


if __name__ == "__main__":
    main(*sys.argv[1:])
