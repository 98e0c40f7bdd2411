"""MediaPipe's blendshapes of labelled crops: what `emoar-measures` learns.

The teacher is a public file, Google's `face_landmarker.task` (Apache-2.0). Its two models run here in LiteRT, without
MediaPipe: the one finds 478 landmarks with irises, the other 52 blendshapes in 146 of them. Needs no torch.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError, ModelMismatch
from emoar.geometry import Region, apply_affine, invert_affine, region_matrix
from emoar.perception.mesh import region_of_landmarks
from emoar.progress import NO_PROGRESS, Progress
from emoar.runtime import Session
from emoar.training.cache import cache_key, load_or_compute
from emoar.training.faces.landmarks import CropLandmarks

__all__ = ["BLENDSHAPES", "LANDMARKS", "OTHER_SIDE", "CropBlendshapes", "Teacher", "check_bundle", "crop_blendshapes"]

SHA256: Final = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
INPUT_PX: Final = 256
UPSCALE: Final = 4  # of a crop of 48 px, as for the mesh
_MEMBERS: Final = ("face_landmarks_detector.tflite", "face_blendshapes.tflite")
_RUNS: Final = "mirrored too, edge repeated"
_TASK: Final = "teacher"
_SIDED: Final = ("Left", "Right")


def _sides(name: str) -> tuple[str, str]:
    return name + _SIDED[0], name + _SIDED[1]


# The outputs of the teacher, in order; the first is not used. Left and right are the person's own.
BLENDSHAPES: Final = (
    *("_neutral", *_sides("browDown"), "browInnerUp", *_sides("browOuterUp"), "cheekPuff", *_sides("cheekSquint")),
    *(*_sides("eyeBlink"), *_sides("eyeLookDown"), *_sides("eyeLookIn"), *_sides("eyeLookOut"), *_sides("eyeLookUp")),
    *(*_sides("eyeSquint"), *_sides("eyeWide"), "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose"),
    *(*_sides("mouthDimple"), *_sides("mouthFrown"), "mouthFunnel", "mouthLeft", *_sides("mouthLowerDown")),
    *(*_sides("mouthPress"), "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower"),
    *("mouthShrugUpper", *_sides("mouthSmile"), *_sides("mouthStretch"), *_sides("mouthUpperUp"), *_sides("noseSneer")),
)
# Where the mirror image has each of them.
OTHER_SIDE: Final = [
    BLENDSHAPES.index(name.replace("Left", "*").replace("Right", "Left").replace("*", "Right")) for name in BLENDSHAPES
]
# The landmarks that the teacher's second model takes: on face, eyes, brows and lips, then both irises.
LANDMARKS: Final = (
    *(0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80),
    *(81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153),
    *(154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249),
    *(251, 263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314),
    *(317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382),
    *(384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, *range(468, 478)),
)


@dataclass(frozen=True, eq=False)
class CropBlendshapes:
    """What the teacher finds in N crops."""

    values: NDArray[np.float32]  # (N, 52), 0..1, in the order of `BLENDSHAPES`; 0 without a mesh

    def __len__(self) -> int:
        return len(self.values)


def check_bundle(bundle: Path) -> None:
    """Checks that a file is the teacher's.

    Raises:
        InputError: there is no such file.
        ModelMismatch: the file is another one.
    """
    if not bundle.is_file():
        raise InputError(f"{bundle} does not exist: name MediaPipe's face_landmarker.task")
    if hashlib.sha256(bundle.read_bytes()).hexdigest() != SHA256:
        raise ModelMismatch(f"{bundle} is not the pinned face_landmarker.task (sha256 {SHA256[:8]}…)")


class Teacher:
    """Runs the models of `face_landmarker.task` on one face at a time.

    Raises:
        InputError: there is no such file.
        ModelMismatch: the file is another one.
    """

    def __init__(self, bundle: Path) -> None:
        check_bundle(bundle)
        with zipfile.ZipFile(bundle) as archive, tempfile.TemporaryDirectory(prefix="emoar-") as folder:
            mesh, shapes = (Path(archive.extract(member, folder)) for member in _MEMBERS)
            self._mesh = Session(mesh, (1, INPUT_PX, INPUT_PX, 3), {"landmarks": (1, 1, 1, 478 * 3)})
            self._shapes = Session(shapes, (1, len(LANDMARKS), 2), {"blendshapes": (len(BLENDSHAPES),)})

    def blendshapes(self, image: NDArray[np.uint8], landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """(52,) values 0..1 of a face in an (H, W, 3) RGB picture, around its (468, 3) landmarks.

        They are the mean of the picture's and of its mirror image's, which differ by the noise of the teacher.
        """
        region = region_of_landmarks(landmarks_px)
        across = image.shape[1] - 1 - region.centre_x_px
        other = replace(region, centre_x_px=across, angle_rad=-region.angle_rad)
        mirrored = self._run(np.ascontiguousarray(image[:, ::-1]), other)
        return np.asarray((self._run(image, region) + mirrored[OTHER_SIDE]) / 2, np.float32)

    def _run(self, image: NDArray[np.uint8], region: Region) -> NDArray[np.float32]:
        matrix = region_matrix(region, INPUT_PX)
        size = INPUT_PX, INPUT_PX
        crop = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        np.multiply(crop, np.float32(1 / 255), out=self._mesh.input()[0])
        found = self._mesh.run()["landmarks"].reshape(478, 3)[list(LANDMARKS), :2]
        self._shapes.input()[0] = apply_affine(invert_affine(matrix), found)
        return self._shapes.run()["blendshapes"]

    def close(self) -> None:
        """Frees the models."""
        self._mesh.close()
        self._shapes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def crop_blendshapes(
    images: NDArray[np.uint8],
    landmarks: CropLandmarks,
    bundle: Path,
    cache: Path | None = None,
    progress: Progress = NO_PROGRESS,
) -> CropBlendshapes:
    """Runs the teacher over the crops that have a mesh; takes about 10 ms per crop.

    Args:
        images: (N, S, S) grey or (N, S, S, 3) RGB crops.
        landmarks: of these crops, of the plain run of the mesh.
        bundle: `face_landmarker.task`.
        cache: a folder in which results are cached; None disables the cache.
        progress: advances with each face.

    Raises:
        InputError: there is no such bundle.
        ModelMismatch: the bundle is another one.
        OutputError: the cache cannot be written.
    """
    key = cache_key(images, (images.shape, SHA256, UPSCALE, _RUNS))
    path = None if cache is None else cache / f"blendshapes-{key}.npz"

    def compute() -> CropBlendshapes:
        values = np.zeros((len(images), len(BLENDSHAPES)), np.float32)
        with Teacher(bundle) as teacher:
            for index, (picture, points) in enumerate(_pictures(images, landmarks)):
                if landmarks.found[index]:
                    values[index] = teacher.blendshapes(picture, points)
                progress(_TASK, index + 1, len(images))
        return CropBlendshapes(values)

    found = load_or_compute(path, CropBlendshapes, compute)
    progress(_TASK, len(images), len(images))
    return found


def _pictures(
    images: NDArray[np.uint8], landmarks: CropLandmarks
) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float32]]]:
    """Enlarged RGB pictures, and the landmarks in their pixels."""
    offset = np.array([0.5 - 0.5 / UPSCALE] * 2 + [0], np.float32)  # of pixel centres
    for image, points in zip(images, landmarks.landmarks_px, strict=True):
        large = cv2.resize(image, None, fx=UPSCALE, fy=UPSCALE, interpolation=cv2.INTER_CUBIC)
        rgb = large if large.ndim == 3 else cv2.cvtColor(large, cv2.COLOR_GRAY2RGB)
        yield rgb.astype(np.uint8, copy=False), (points + offset) * np.float32(UPSCALE)
