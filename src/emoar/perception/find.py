"""Finds faces in a frame: the detector proposes regions, the mesh refines them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.geometry import Region, box_of_points, iou
from emoar.perception.association import overlaps_any
from emoar.perception.detect import FaceDetector
from emoar.perception.mesh import FaceMesh, MeshFit, region_of_detection, region_of_landmarks, same_region
from emoar.perception.stopwatch import Stopwatch
from emoar.types import Detection, Frame

__all__ = ["FaceFinder"]

DETECTION_IOU: Final = 0.35  # a detection with more overlap than this belongs to a known face


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
        occupied = [*known]
        found: list[MeshFit] = []
        for detection in self._detect(frame):
            if len(found) >= most:
                break
            if any(_inside(detection, other) for other in occupied):
                continue
            fit = self._fit_detection(frame, detection)
            if self.is_face(fit) and not overlaps_any(fit.landmarks_px, occupied):
                found.append(fit)
                occupied.append(fit.landmarks_px)
        return found

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

    def _fit_detection(self, frame: Frame, detection: Detection) -> MeshFit:
        """The mesh of a detection; fitted a second time where the landmarks give another region than the detector."""
        region = region_of_detection(detection)
        fit = self.fit(frame, region)
        better = region_of_landmarks(fit.landmarks_px)
        return self.fit(frame, better) if self.is_face(fit) and not same_region(region, better) else fit


def _inside(detection: Detection, landmarks_px: NDArray[np.float32]) -> bool:
    """Whether a detection is of the face with these landmarks."""
    return bool(iou(detection.box_xyxy_px, box_of_points(landmarks_px)[None])[0] > DETECTION_IOU)
