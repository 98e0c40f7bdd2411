"""Finds faces in a frame: the detector says where to look, the mesh leads itself to the place."""

from __future__ import annotations

import time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.geometry import Region, box_of_points, iou
from emoar.perception.association import overlaps_any
from emoar.perception.detect import FaceDetector
from emoar.perception.mesh import FaceMesh, MeshFit, region_of_detection, region_of_landmarks, same_region
from emoar.types import Detection, Frame

__all__ = ["FaceFinder"]

DETECTION_IOU: Final = 0.35  # a detection that overlaps a followed face by this is that face


class FaceFinder:
    """Detector and mesh, with the time that each took since `timings_ms` was last set to zero."""

    def __init__(
        self, detector: FaceDetector, mesh: FaceMesh, minimum_presence: float, smallest_face_px: int | None
    ) -> None:
        self._detector, self._mesh = detector, mesh
        self._minimum_presence, self._smallest_face_px = minimum_presence, smallest_face_px
        self.timings_ms = {"detect": 0.0, "mesh": 0.0}

    def find(self, frame: Frame, known: list[NDArray[np.float32]], most: int) -> list[MeshFit]:
        """The faces that the detector sees, at most so many, without those on known landmarks (468, 3)."""
        taken = [*known]
        found: list[MeshFit] = []
        for detection in self._detect(frame):
            if len(found) >= most:
                break
            if any(_inside(detection, other) for other in taken):
                continue
            fit = self._fit_detection(frame, detection)
            if self.is_face(fit) and not overlaps_any(fit.landmarks_px, taken):
                found.append(fit)
                taken.append(fit.landmarks_px)
        return found

    def fit(self, frame: Frame, region: Region) -> MeshFit:
        """The mesh in that region, whether or not a face is there."""
        started = time.perf_counter()
        fit = self._mesh.fit(frame.image, region)
        self.timings_ms["mesh"] += 1e3 * (time.perf_counter() - started)
        return fit

    def is_face(self, fit: MeshFit) -> bool:
        """Whether the mesh lies on a face."""
        return fit.presence >= self._minimum_presence

    def _detect(self, frame: Frame) -> list[Detection]:
        smallest, started = self._smallest_face_px, time.perf_counter()
        found = (
            self._detector.detect(frame.image)
            if smallest is None
            else self._detector.detect_small(frame.image, smallest)
        )
        self.timings_ms["detect"] += 1e3 * (time.perf_counter() - started)
        return found

    def _fit_detection(self, frame: Frame, detection: Detection) -> MeshFit:
        """A detector's box is rough: where the mesh shows that it was off, a second look begins at the right place."""
        region = region_of_detection(detection)
        fit = self.fit(frame, region)
        better = region_of_landmarks(fit.landmarks_px)
        return self.fit(frame, better) if self.is_face(fit) and not same_region(region, better) else fit


def _inside(detection: Detection, landmarks_px: NDArray[np.float32]) -> bool:
    """Whether a detection is of the face with these landmarks."""
    return bool(iou(detection.box_xyxy_px, box_of_points(landmarks_px)[None])[0] > DETECTION_IOU)
