"""Finds faces in a frame: the detector proposes regions, the mesh refines them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.face_landmarks import (
    LEFT_EYE_INNER,
    LEFT_EYE_OUTER,
    MOUTH,
    NOSE_TIP,
    RIGHT_EYE_INNER,
    RIGHT_EYE_OUTER,
)
from emoar.geometry import Region, box_of_points
from emoar.perception.association import overlaps_any, same_face
from emoar.perception.detect import FaceDetector, shifted
from emoar.perception.mesh import FaceMesh, MeshFit, region_of_detection, region_of_landmarks, same_region
from emoar.perception.stopwatch import Stopwatch
from emoar.types import Detection, Frame

__all__ = ["FaceFinder", "features_apart"]

NEAR_SIZES: Final = 6.0  # side of the square in which a face that moves fast is detected, in face sizes
# The mesh of an upright face has at least this presence in 90 % of FER2013; one that lies on a face the wrong way up has
# less in 97 % of cases, and the mesh that is turned by half a turn has more.
CERTAIN_PRESENCE: Final = 0.9997
FEATURES_APART: Final = (
    0.2  # of a face's size: the mesh of a real face is closer to the detector's eyes, nose and mouth
)
_FEATURES: Final = (
    (RIGHT_EYE_OUTER, RIGHT_EYE_INNER),
    (LEFT_EYE_OUTER, LEFT_EYE_INNER),
    (NOSE_TIP,),
    MOUTH,
)


class FaceFinder:
    """Runs the detector and the mesh; the stopwatch measures both."""

    def __init__(
        self,
        detector: FaceDetector,
        mesh: FaceMesh,
        minimum_presence: float,
        smallest_face_px: int | None,
        stopwatch: Stopwatch,
    ) -> None:
        self._detector, self._mesh, self._stopwatch = detector, mesh, stopwatch
        self._minimum_presence, self._smallest_face_px = minimum_presence, smallest_face_px

    def find(self, frame: Frame, known: list[NDArray[np.float32]], most: int) -> list[MeshFit]:
        """At most `most` detected faces, without those that lie on known landmarks, (468, 3) each."""
        found = (fit for fit in self._fits(frame, self._detect(frame), known) if self.is_face(fit))
        return list(itertools.islice(found, most))

    def find_near(
        self, frame: Frame, centre_px: tuple[float, float], size_px: float, known: list[NDArray[np.float32]]
    ) -> list[MeshFit]:
        """The detected faces around a place where a face of that size was expected, whatever their presence.

        The square is a small part of the picture, in which the detector sees a small or blurred face better.
        """
        half = NEAR_SIZES / 2 * size_px
        left, top = (max(math.floor(c - half), 0) for c in centre_px)
        right, bottom = (math.ceil(c + half) for c in centre_px)
        part = frame.image[top : max(bottom, 0), left : max(right, 0)]
        if min(part.shape[:2]) < 1:
            return []
        with self._stopwatch.measure("detect"):
            detections = [shifted(face, left, top) for face in self._detector.detect(part)]
        return list(self._fits(frame, detections, known))

    def fit(self, frame: Frame, region: Region) -> MeshFit:
        """The mesh in `region`, whether or not a face is there; `is_face` tells."""
        with self._stopwatch.measure("mesh"):
            return self._mesh.fit(frame.image, region)

    def is_face(self, fit: MeshFit) -> bool:
        """Whether the mesh lies on a face: its presence is at least the minimum."""
        return fit.presence >= self._minimum_presence

    def _detect(self, frame: Frame) -> list[Detection]:
        with self._stopwatch.measure("detect"):
            if self._smallest_face_px is None:
                return self._detector.detect(frame.image)
            return self._detector.detect_small(frame.image, self._smallest_face_px)

    def _fits(self, frame: Frame, detections: list[Detection], known: list[NDArray[np.float32]]) -> Iterator[MeshFit]:
        """The mesh of each detection that is of no known face, one for each face."""
        occupied = [*known]
        for detection in detections:
            if any(_inside(detection, other) for other in occupied):
                continue
            fit = self._fit_detection(frame, detection)
            if fit is None or overlaps_any(fit.landmarks_px, occupied):
                continue
            if self.is_face(fit):
                occupied.append(fit.landmarks_px)
            yield fit

    def _fit_detection(self, frame: Frame, detection: Detection) -> MeshFit | None:
        """The mesh of a detection, which may be upside down; None where it does not lie on the detected features."""
        region = region_of_detection(detection)
        fit = self._fit_twice(frame, region)
        if not self.is_face(fit):
            return fit
        if fit.presence < CERTAIN_PRESENCE:
            turned = self._fit_twice(frame, replace(region, angle_rad=region.angle_rad + math.pi))
            if turned.presence >= CERTAIN_PRESENCE:
                return turned
        return fit if features_apart(detection, fit) < FEATURES_APART else None

    def _fit_twice(self, frame: Frame, region: Region) -> MeshFit:
        """The mesh in a region, and again where its landmarks give another region."""
        fit = self.fit(frame, region)
        better = region_of_landmarks(fit.landmarks_px)
        return self.fit(frame, better) if self.is_face(fit) and not same_region(region, better) else fit


def features_apart(detection: Detection, fit: MeshFit) -> float:
    """Mean distance between the detector's and the mesh's eyes, nose and mouth, in face sizes."""
    points = np.stack([fit.landmarks_px[list(group), :2].mean(axis=0) for group in _FEATURES])
    left, top, right, bottom = box_of_points(fit.landmarks_px).tolist()
    apart = np.linalg.norm(points - detection.keypoints_px[: len(points)], axis=1).mean()
    return float(apart) / max(right - left, bottom - top, 1e-3)


def _inside(detection: Detection, landmarks_px: NDArray[np.float32]) -> bool:
    """Whether a detection is of the face with these landmarks."""
    return bool(same_face(detection.box_xyxy_px, box_of_points(landmarks_px)[None])[0])
