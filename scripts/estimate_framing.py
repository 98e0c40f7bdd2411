"""Writes src/emoar/perception/fer2013_framing.json: where FER2013 has eyes, nose and mouth on average.

    python scripts/estimate_framing.py ../shared/data/fer2013.parquet

Runs the face mesh over the Training images (twice each: the first fit gives the region of the second) and takes the
median of each point over the faces that the mesh is sure of in roughly frontal view.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np

from emoar.geometry import Region
from emoar.models.public import model_path
from emoar.perception.align import CROP_PX, alignment_points
from emoar.perception.mesh import FaceMesh, region_of_landmarks
from emoar.training.data.read import read_dataset

OUTPUT = Path(__file__).parent.parent / "src" / "emoar" / "perception" / "fer2013_framing.json"
IMAGES = 8000  # every third or so: the medians move by less than 0.05 px beyond
SURE = 0.9  # least presence
NAMES = ("right_eye", "left_eye", "nose", "mouth_right", "mouth_left")


def main() -> None:
    data = read_dataset(Path(sys.argv[1])).of_split("Training")
    chosen = np.linspace(0, len(data) - 1, IMAGES).astype(int)
    whole = Region((CROP_PX - 1) / 2, (CROP_PX - 1) / 2, 1.35 * CROP_PX, 0.0)
    found: list[np.ndarray] = []
    with_mesh = 0
    mesh = FaceMesh(model_path("face_landmark"))
    for image in data.images[chosen]:
        rgb = cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)
        fit = mesh.fit(rgb, whole)
        fit = mesh.fit(rgb, region_of_landmarks(fit.landmarks_px))
        if fit.presence < SURE:
            continue
        with_mesh += 1
        points = alignment_points(fit.landmarks_px)
        # ahead: the nose is between the eyes, not beside them
        ahead = (points[2, 0] - points[0, 0]) / max(points[1, 0] - points[0, 0], 1e-6)
        if 0.35 < ahead < 0.65:
            found.append(points)
    framing = np.median(found, axis=0)
    framing = (framing + mirrored(framing)) / 2  # the average face has no side
    document = {
        "source": f"median over {len(found)} of {IMAGES} FER2013 Training images ({with_mesh} with a mesh)",
        "crop_px": CROP_PX,
        "names": NAMES,
        "points_px": framing.astype(float).round(3).tolist(),
        "deviation_px": np.std(found, axis=0).astype(float).round(3).tolist(),
    }
    OUTPUT.write_text(json.dumps(document, indent=1) + "\n")
    print(OUTPUT.read_text())


def mirrored(points: np.ndarray) -> np.ndarray:
    """The points of the mirrored face, in the same order."""
    swapped = points[[1, 0, 2, 4, 3]].copy()
    swapped[:, 0] = CROP_PX - 1 - swapped[:, 0]
    return swapped


if __name__ == "__main__":
    main()
