"""Finds faces in a frame: the detector proposes regions, the mesh refines them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.geometry import Region, box_of_points
from emoar.perception.association import overlaps_any, same_face
from emoar.perception.detect import FaceDetector, shifted
from emoar.perception.mesh import FaceMesh, MeshFit, region_of_detection, region_of_landmarks, same_region
from emoar.perception.stopwatch import Stopwatch
from emoar.types import Detection, Frame

__all__ = ["FaceFinder"]

NEAR_SIZES: Final = 6.0  # side of the square in which a face that moves fast is detected, in face sizes


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
            if not overlaps_any(fit.landmarks_px, occupied):
                if self.is_face(fit):
                    occupied.append(fit.landmarks_px)
                yield fit

    def _fit_detection(self, frame: Frame, detection: Detection) -> MeshFit:
        """The mesh of a detection; fitted a second time where the landmarks give another region than the detector."""
        region = region_of_detection(detection)
        fit = self.fit(frame, region)
        better = region_of_landmarks(fit.landmarks_px)
        return self.fit(frame, better) if self.is_face(fit) and not same_region(region, better) else fit


def _inside(detection: Detection, landmarks_px: NDArray[np.float32]) -> bool:
    """Whether a detection is of the face with these landmarks."""
    return bool(same_face(detection.box_xyxy_px, box_of_points(landmarks_px)[None])[0])
