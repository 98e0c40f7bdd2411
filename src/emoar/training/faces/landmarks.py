"""Face mesh landmarks of labelled crops, for models that take landmarks.

The faces of FER2013 fill their crops, so no detector is needed: the mesh runs on the crop, and again on the region of
the landmarks that it found, as in a video. Needs no torch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from emoar.errors import DataError, InputError
from emoar.geometry import Region
from emoar.models.public import find_model, model_path
from emoar.perception.mesh import FaceMesh, region_of_landmarks
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.cache import cache_key, load_or_compute
from emoar.types import LANDMARK_COUNT

__all__ = ["MINIMUM_PRESENCE", "CropLandmarks", "MeshJitter", "crop_landmarks", "fit_crops"]

MINIMUM_PRESENCE: Final = 0.5  # face presence below it means no face; the threshold of the live pipeline
REGION_SHARE: Final = 1.35  # side of the mesh region per crop side: the mesh model needs a margin around the face
UPSCALE: Final = 4  # factor from crops of 48 px to the 192 px input of the mesh model
_TASK: Final = "face mesh"
_INTERPOLATIONS: Final = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)


@dataclass(frozen=True)
class MeshJitter:
    """Ranges of the random changes for one run of the mesh, which train a model to tolerate the noise of the mesh.

    Raises:
        InputError: a value is out of range.
    """

    mirrored: bool = False  # mirrors the crop before the mesh runs on it
    shift: float = 0.04  # shift of the region along x and y by -shift..shift times its side; below 0.5
    scale: float = 0.1  # scaling of the region by 1 - scale..1 + scale; below 0.5
    rotation_deg: float = 12.0  # rotation of the region by -rotation_deg..rotation_deg degrees; at most 90
    gamma: float = 0.3  # gamma correction with an exponent in exp(-gamma)..exp(gamma)
    blur: float = 0.3  # probability of a Gaussian blur; sigma is 0.3..0.8 px of the crop
    noise: float = 0.3  # probability of additive Gaussian noise; its deviation is 1..5 grey levels
    seed: int = 0  # seed of the random numbers

    def __post_init__(self) -> None:
        checks = {
            "shift": 0 <= self.shift < 0.5,
            "scale": 0 <= self.scale < 0.5,
            "rotation_deg": 0 <= self.rotation_deg <= 90,
            "gamma": self.gamma >= 0,
            "blur": 0 <= self.blur <= 1,
            "noise": 0 <= self.noise <= 1,
        }
        for name, fine in checks.items():
            if not fine:
                raise InputError(f"mesh jitter: {name} = {getattr(self, name)!r} is out of range")


@dataclass(frozen=True, eq=False)
class CropLandmarks:
    """The results of the mesh for N crops.

    Raises:
        DataError: the shapes do not fit together.
    """

    landmarks_px: NDArray[np.float32]  # (N, 468, 3) in pixels of the crop, or of the mirrored crop
    presence: NDArray[np.float32]  # (N,) face presence, 0..1

    def __post_init__(self) -> None:
        expected = (len(self.presence), LANDMARK_COUNT, 3)
        if self.landmarks_px.shape != expected:
            raise DataError(f"landmarks_px must be {expected}, got {self.landmarks_px.shape}")

    def __len__(self) -> int:
        return len(self.presence)

    @property
    def found(self) -> NDArray[np.bool_]:
        """(N,) whether the mesh found a face: presence of at least `MINIMUM_PRESENCE`."""
        return self.presence >= MINIMUM_PRESENCE


def crop_landmarks(
    images: NDArray[np.uint8],
    cache: Path | None = None,
    jitter: MeshJitter | None = None,
    progress: Progress = NO_PROGRESS,
) -> CropLandmarks:
    """Runs the mesh over crops; takes about 2.5 ms per crop.

    Args:
        images: (N, S, S) grey or (N, S, S, 3) RGB crops.
        cache: a folder in which results are cached by crops, mesh model and jitter; None disables the cache.
        jitter: random changes of this run; None is the plain run.
        progress: advances with each face.

    Raises:
        ModelMissing: the mesh model is not on this machine.
        OutputError: the cache cannot be written.
    """
    path = None if cache is None else cache / f"landmarks-{_key(images, jitter)}.npz"
    found = load_or_compute(path, CropLandmarks, lambda: _fit(images, cache, jitter, progress))
    progress(_TASK, len(images), len(images))
    return found


def _fit(images: NDArray[np.uint8], cache: Path | None, jitter: MeshJitter | None, progress: Progress) -> CropLandmarks:
    mesh = FaceMesh(model_path("face_landmark"))
    fits: list[tuple[NDArray[np.float32], float]] = []
    run = fit_crops(mesh, images) if jitter is None else _fit_again(mesh, images, crop_landmarks(images, cache), jitter)
    for points, presence in run:
        fits.append((points, presence))
        progress(_TASK, len(fits), len(images))
    mesh.close()
    points = np.stack([p for p, _ in fits]) if fits else np.empty((0, LANDMARK_COUNT, 3), np.float32)
    return CropLandmarks(points, np.array([p for _, p in fits], np.float32))


def fit_crops(mesh: FaceMesh, images: NDArray[np.uint8]) -> Iterable[tuple[NDArray[np.float32], float]]:
    """Yields the (468, 3) landmarks in pixels of the crop, and the presence (0..1), of each crop."""
    for image in images:
        picture = _enlarged(image, UPSCALE, cv2.INTER_CUBIC)
        side = len(picture)
        fit = mesh.fit(picture, Region((side - 1) / 2, (side - 1) / 2, REGION_SHARE * side, 0.0))
        fit = mesh.fit(picture, region_of_landmarks(fit.landmarks_px))
        yield _in_crop(fit.landmarks_px, UPSCALE), fit.presence


def _fit_again(
    mesh: FaceMesh, images: NDArray[np.uint8], plain: CropLandmarks, jitter: MeshJitter
) -> Iterable[tuple[NDArray[np.float32], float]]:
    """Runs the mesh with jitter around the landmarks of the plain run; yields presence 0 for faces without a mesh."""
    rng = np.random.default_rng(jitter.seed)
    for image, points, found in zip(images, plain.landmarks_px, plain.found, strict=True):
        if not found:
            yield np.zeros((LANDMARK_COUNT, 3), np.float32), 0.0
            continue
        factor = int(rng.integers(2, 7))
        how = _INTERPOLATIONS[int(rng.integers(len(_INTERPOLATIONS)))]
        picture = _enlarged(_shaded(image, jitter, rng), factor, how)
        fit = mesh.fit(picture, _jittered(region_of_landmarks(points), factor, len(picture), jitter, rng))
        yield _in_crop(fit.landmarks_px, factor), fit.presence


def _in_crop(landmarks_px: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Converts landmarks from pixels of the enlarged image to pixels of the crop."""
    points = landmarks_px / np.float32(factor)
    points[:, :2] -= np.float32(0.5 - 0.5 / factor)  # pixel centres: x_large = (x + 0.5) * factor - 0.5
    return points


def _enlarged(image: NDArray[np.uint8], factor: int, interpolation: int) -> NDArray[np.uint8]:
    """The crop as an RGB image, enlarged by `factor`."""
    size = factor * image.shape[1], factor * image.shape[0]
    large = cv2.resize(image, size, interpolation=interpolation)
    rgb = large if large.ndim == 3 else cv2.cvtColor(large, cv2.COLOR_GRAY2RGB)
    return np.ascontiguousarray(rgb, np.uint8)


def _shaded(image: NDArray[np.uint8], jitter: MeshJitter, rng: Generator) -> NDArray[np.uint8]:
    changed: NDArray[Any] = (image[:, ::-1] if jitter.mirrored else image).astype(np.float32)
    changed = 255 * (changed / 255) ** math.exp(rng.uniform(-jitter.gamma, jitter.gamma))
    if rng.random() < jitter.blur:
        changed = cv2.GaussianBlur(changed, (0, 0), rng.uniform(0.3, 0.8))
    if rng.random() < jitter.noise:
        changed = changed + rng.normal(0.0, rng.uniform(1, 5), changed.shape)
    return np.clip(changed, 0, 255).astype(np.uint8)


def _jittered(region: Region, factor: int, width_px: int, jitter: MeshJitter, rng: Generator) -> Region:
    """Converts a region of the crop to the enlarged, possibly mirrored image, and changes it randomly."""
    side_px = factor * region.side_px
    centre = (np.array([region.centre_x_px, region.centre_y_px]) + 0.5) * factor - 0.5
    x_px, y_px = (centre + rng.uniform(-jitter.shift, jitter.shift, 2) * side_px).tolist()
    angle_rad = region.angle_rad + math.radians(rng.uniform(-jitter.rotation_deg, jitter.rotation_deg))
    side_px *= 1 + rng.uniform(-jitter.scale, jitter.scale)
    return Region(
        width_px - 1 - x_px if jitter.mirrored else x_px, y_px, side_px, -angle_rad if jitter.mirrored else angle_rad
    )


def _key(images: NDArray[np.uint8], jitter: MeshJitter | None) -> str:
    """A key of the crops, the mesh model and the settings of this module."""
    settings = (images.shape, find_model("face_landmark").sha256, REGION_SHARE, UPSCALE, jitter and asdict(jitter))
    return cache_key(images, settings)
