"""Re-alignment of labelled crops with the stages of the live pipeline: detector, mesh and `align`.

The crops of a dataset such as FER2013 differ from those of the live pipeline. Each crop is enlarged and placed on a
grey image, since the detector needs a margin around the face. Needs no torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.models.public import find_model, model_path
from emoar.perception.align import CROP_PX, align, alignment_template_px
from emoar.perception.detect import FaceDetector
from emoar.perception.mesh import FaceMesh
from emoar.perception.track import FaceTracker, TrackedFace, TrackerOptions
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.cache import cache_key, load_or_compute
from emoar.types import LANDMARK_COUNT, Detection, Frame

__all__ = ["PICTURE_PX", "Realigned", "as_picture", "realign"]

PICTURE_PX: Final = (480, 640)  # height and width of the image, as of a camera
FACE_PX: Final = 240  # side of the enlarged crop, as of a face at arm's length
GREY: Final = 128
_TASK: Final = "detector and mesh"
MODELS: Final = ("face_detection_short_range", "face_detection_full_range_sparse", "face_landmark")


@dataclass(frozen=True, eq=False)
class Realigned:
    """The results of the pipeline's stages for N labelled crops.

    Attributes:
        detected: (N,) bool, whether the detector found a face.
        found: (N,) bool, whether the mesh confirmed it; only these faces have landmarks and a crop.
        landmarks_px: (N, 468, 3) float32, in pixels of the enlarged crop (240 px); zeros without a mesh.
        crops: (N, 48, 48) uint8 grey; zeros without a mesh.

    Raises:
        DataError: the shapes do not fit together.
    """

    detected: NDArray[np.bool_]
    found: NDArray[np.bool_]
    landmarks_px: NDArray[np.float32]
    crops: NDArray[np.uint8]

    def __post_init__(self) -> None:
        count = len(self.detected)
        expected = {
            "found": (count,),
            "landmarks_px": (count, LANDMARK_COUNT, 3),
            "crops": (count, CROP_PX, CROP_PX),
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise DataError(f"{name} must be {shape}, got {getattr(self, name).shape}")

    def __len__(self) -> int:
        return len(self.detected)


def realign(images: NDArray[np.uint8], cache: Path | None = None, progress: Progress = NO_PROGRESS) -> Realigned:
    """Runs detector, mesh and `align` on crops, as the live pipeline does; takes about 6 ms per crop.

    Args:
        images: (N, S, S) grey or (N, S, S, 3) RGB crops.
        cache: a folder in which results are cached by crops and models; None disables the cache.
        progress: advances with each crop.

    Raises:
        ModelMissing: a public model is not on this machine.
        OutputError: the cache cannot be written.
    """
    path = None if cache is None else cache / f"realigned-{_key(images)}.npz"
    result = load_or_compute(path, Realigned, lambda: _realign(images, progress))
    progress(_TASK, len(images), len(images))
    return result


def _realign(images: NDArray[np.uint8], progress: Progress) -> Realigned:
    count = len(images)
    result = Realigned(
        np.zeros(count, np.bool_),
        np.zeros(count, np.bool_),
        np.zeros((count, LANDMARK_COUNT, 3), np.float32),
        np.zeros((count, CROP_PX, CROP_PX), np.uint8),
    )
    for index, (detected, landmarks_px, crop) in enumerate(_run(images)):
        result.detected[index] = detected
        if landmarks_px is not None and crop is not None:
            result.found[index], result.landmarks_px[index], result.crops[index] = True, landmarks_px, crop
        progress(_TASK, index + 1, count)
    return result


def as_picture(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int, int]:
    """Places the enlarged crop in the centre of a grey (480, 640, 3) RGB image; returns it and the crop's left and top.

    `image` is (S, S) grey or (S, S, 3) RGB; left and top are in pixels.
    """
    height, width = PICTURE_PX
    left, top = (width - FACE_PX) // 2, (height - FACE_PX) // 2
    picture = np.full((height, width, 3), GREY, np.uint8)
    picture[top : top + FACE_PX, left : left + FACE_PX] = _enlarged(image)
    return picture, left, top


def _enlarged(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    large = cv2.resize(image, (FACE_PX, FACE_PX), interpolation=cv2.INTER_CUBIC)
    rgb = large if large.ndim == 3 else cv2.cvtColor(large, cv2.COLOR_GRAY2RGB)
    return rgb.astype(np.uint8, copy=False)


def _run(images: NDArray[np.uint8]) -> Iterator[tuple[bool, NDArray[np.float32] | None, NDArray[np.uint8] | None]]:
    """Yields for each crop: whether the detector found a face, landmarks in the enlarged crop, and the new crop."""
    short, full, mesh_model = (model_path(name) for name in MODELS)
    detector, mesh = _RememberingDetector(short, full), FaceMesh(mesh_model)
    # the options for video, but the tracker is reset before each image
    tracker = FaceTracker(detector, mesh, TrackerOptions(maximum_faces=1, smoothing=None))
    for image in images:
        tracker.reset()
        picture, left, top = as_picture(image)
        faces: list[TrackedFace] = tracker.track(Frame(picture, time_s=0.0))
        if not faces:
            yield detector.saw_a_face, None, None
            continue
        landmarks_px = faces[0].landmarks_px - np.array([left, top, 0], np.float32)
        # aligned from the enlarged crop, so that `align` repeats its edge: a video has no grey beyond the face
        yield True, landmarks_px, align(_enlarged(image), landmarks_px)
    mesh.close()
    detector.close()


class _RememberingDetector(FaceDetector):
    """A detector that records whether it found a face: the tracker drops faces that the mesh does not confirm."""

    saw_a_face = False

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        found = super().detect(image)
        self.saw_a_face = bool(found)
        return found


def _key(images: NDArray[np.uint8]) -> str:
    models = [find_model(name).sha256 for name in MODELS]
    return cache_key(images, (images.shape, models, PICTURE_PX, FACE_PX, alignment_template_px().tolist()))
