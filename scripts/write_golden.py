"""Writes what Python finds in a few pictures to tests/golden/, for Python's and the browser's tests to compare with.

The pictures are made from two public-domain portraits that lie inside packages, and are not kept in the repository; a
browser test asks for them with --pictures. Usage:

    python scripts/write_golden.py                          # tests/golden/*.json, after a change that is meant
    python scripts/write_golden.py --pictures web/e2e/out/golden --no-numbers
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.demo.clip import demo_clip
from emoar.demo.people import portrait
from emoar.models.public import model_path
from emoar.perception.align import align, alignment_matrix
from emoar.perception.detect import FaceDetector
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Detection, Face

Image = NDArray[np.uint8]
GOLDEN = Path(__file__).parent.parent / "tests" / "golden"
SIZE_PX = (640, 480)
# of each portrait: the middle of the face and its width, in pixels of the portrait
FACES = {"astronaut": ((225.8, 122.7), 95.4), "hopper": ((264.3, 232.7), 187.3)}
# name of the picture -> (who, centre x and y of the face, its width, clockwise turn in degrees) of each face
PICTURES: dict[str, tuple[tuple[str, float, float, float, float], ...]] = {
    "upper_left": (("astronaut", 62, 66, 90, 0),),
    "lower_right": (("hopper", 560, 395, 120, 0),),
    "turned_right": (("astronaut", 330, 250, 150, 32),),
    "turned_left": (("hopper", 300, 230, 140, -38),),
    "two": (("astronaut", 190, 240, 120, -8), ("hopper", 470, 230, 140, 10)),
    "near": (("astronaut", 320, 240, 280, 4),),
    "far": (("astronaut", 420, 160, 40, -5),),
    "two_in_corners": (("hopper", 90, 380, 110, 15), ("astronaut", 570, 90, 80, -20)),
    "none": (),
}
CLIP_FRAMES = (45, 200)  # of the demo clip, 1280x720: another size, two faces, soft edges
BLOCKS = 6  # the crop is kept as means of 6x6 blocks: enough to compare, not a picture of anybody


def main() -> None:
    """Writes numbers, pictures, or both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, help="a folder for the pictures, as PNG")
    parser.add_argument("--no-numbers", action="store_true", help="leave tests/golden/ as it is")
    arguments = parser.parse_args()
    for name, picture in pictures().items():
        if arguments.pictures:
            arguments.pictures.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(arguments.pictures / f"{name}.png"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        if not arguments.no_numbers:
            GOLDEN.mkdir(exist_ok=True)
            (GOLDEN / f"{name}.json").write_text(json.dumps(describe(picture), separators=(",", ":")) + "\n")


def pictures() -> dict[str, Image]:
    """Every picture by its name, (H, W, 3) RGB."""
    made = {name: compose(faces) for name, faces in PICTURES.items()}
    clip = {f"clip_{frame.index}": frame.image for frame in demo_clip(CLIP_FRAMES)}
    return {**made, **clip}


def compose(faces: tuple[tuple[str, float, float, float, float], ...]) -> Image:
    """A plain ramp with round cut-outs of portraits."""
    width, height = SIZE_PX
    across, down = np.meshgrid(np.linspace(70, 130, width), np.linspace(0, 50, height))
    picture = np.stack([across, across + 20, 150 - down], axis=-1)
    for who, x, y, size, turn in faces:
        (centre_x, centre_y), face = FACES[who]
        source, scale, angle = portrait(who), size / face, np.radians(turn)
        cos, sin = scale * np.cos(angle), scale * np.sin(angle)
        matrix = np.array(
            [[cos, -sin, x - cos * centre_x + sin * centre_y], [sin, cos, y - sin * centre_x - cos * centre_y]]
        )
        shrunk = cv2.GaussianBlur(source, (0, 0), 0.45 / scale) if scale < 0.7 else source
        moved = cv2.warpAffine(shrunk, matrix, SIZE_PX, borderMode=cv2.BORDER_REPLICATE)
        far = np.hypot(np.arange(width) - x, (np.arange(height) - y)[:, None]) / size
        cover = np.clip((1.15 - far) / 0.2, 0, 1)[..., None]
        picture += cover * (moved - picture)
    return np.rint(picture).astype(np.uint8)


def describe(picture: Image) -> dict[str, Any]:
    """What each stage finds in a picture by itself, rounded to what a tolerance needs."""
    height, width = picture.shape[:2]
    detector = FaceDetector(model_path("face_detection_short_range"), model_path("face_detection_full_range_sparse"))
    with Pipeline(PipelineOptions(mode="photo", model="emoar-s", max_faces=32)) as small:
        faces = small(picture).faces
    with Pipeline(PipelineOptions(mode="photo", model="emoar-m", max_faces=32)) as medium:
        others = {face.track_id: face for face in medium(picture).faces}
    described = {
        "width_px": width,
        "height_px": height,
        "detections": [_detection(found) for found in detector.detect(picture)],
        "faces": [_face(picture, face, others[face.track_id]) for face in faces],
    }
    detector.close()
    return described


def _detection(found: Detection) -> dict[str, Any]:
    return {
        "box_xyxy_px": _rounded(found.box_xyxy_px, 2),
        "keypoints_px": _rounded(found.keypoints_px, 2),
        "score": round(found.score, 4),
    }


def _face(picture: Image, face: Face, by_medium: Face) -> dict[str, Any]:
    crop = align(picture, face.landmarks_px).astype(np.float64)
    side = len(crop) // BLOCKS
    return {
        "landmarks_px": _rounded(face.landmarks_px, 2),
        "presence": round(face.presence, 4),
        "vertical_fov_deg": face.vertical_fov_deg,
        "pose": _rounded(face.pose, 5),
        "crop_matrix": _rounded(alignment_matrix(face.landmarks_px), 5),
        "crop_block_means": _rounded(crop.reshape(BLOCKS, side, BLOCKS, side).mean(axis=(1, 3)), 2),
        "quality": {
            "reasons": list(face.quality.reasons),
            "eye_distance_px": round(face.quality.eye_distance_px, 2),
            "sharpness": round(face.quality.sharpness, 1),
            "yaw_deg": round(face.quality.yaw_deg, 2),
        },
        "label": face.expression.label,
        "probabilities": {
            name: {
                "ferplus": [round(value, 4) for value in one.expression.ferplus.values()],
                "fer2013": [round(value, 4) for value in one.expression.fer2013.values()],
            }
            for name, one in (("emoar-s", face), ("emoar-m", by_medium))
        },
    }


def _rounded(values: NDArray[np.floating], digits: int) -> Any:
    return np.round(values.astype(np.float64), digits).tolist()


if __name__ == "__main__":
    main()
