"""Finds faces in a frame: the detector proposes regions, the mesh refines them, and each may doubt the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.face_landmarks import LEFT_EYE_INNER, LEFT_EYE_OUTER, MOUTH, NOSE_TIP, RIGHT_EYE_INNER, RIGHT_EYE_OUTER
from emoar.geometry import Region, box_of_points, iou
from emoar.perception.association import overlaps_any, same_face
from emoar.perception.detect import FaceDetector, shifted
from emoar.perception.mesh import FaceMesh, MeshFit, region_of_detection, region_of_landmarks, same_region
from emoar.perception.stopwatch import Stopwatch
from emoar.types import Detection, Frame

__all__ = ["FaceFinder", "FinderOptions", "Found", "features", "features_apart", "why_unread"]

NEAR_SIZES: Final = 6.0  # side of the square in which a face that moves fast is detected, in face sizes
# The mesh of an upright face has at least this presence in 75 % of FER2013; one that lies on a face the wrong way up
# has less, and the mesh that is turned by half a turn is far more certain.
CERTAIN_PRESENCE: Final = 0.99999
MORE_CERTAIN: Final = 20  # times less doubt (1 - presence): the mesh lies the other way up
SURE_SCORE: Final = 0.7  # of the detector; what it sees with less, it has to see again from nearby, whatever the mesh
DOUBTFUL_SCORE: Final = 0.5  # of the detector; what it sees with less is a face only where the mesh is sure
SURE_PRESENCE: Final = 0.95
AGAIN_SIZES: Final = 3.0  # side of the square for a second detection of a face, in face sizes
UNREAD_SCORE: Final = 0.6  # a face that the mesh does not see, but the detector does, twice
UNREAD_APART: Final = 0.1  # IoU with another face from which on a detection without a mesh is of the same head
TILT_RAD: Final = math.radians(20)  # of a second angle: the eye line of a face that is turned aside is uncertain
MOST_FITS: Final = 5  # of the mesh to one detection; the first roll of a lying face is off by up to 17 degrees
STILL_TURNING_RAD: Final = math.radians(5)
PROFILE_NOSE: Final = 0.8  # distances of the eyes from their middle to the nose: turned by 50 degrees or more
SMALLEST_READ_PX: Final = 20.0  # width of a detection that is too small for the mesh
FEATURES_APART: Final = 0.16  # of a face's size: a mesh further from the detected eyes, nose and mouth is no face
_FEATURES: Final = ((RIGHT_EYE_OUTER, RIGHT_EYE_INNER), (LEFT_EYE_OUTER, LEFT_EYE_INNER), (NOSE_TIP,), MOUTH)


@dataclass(frozen=True)
class FinderOptions:
    """What is a face, and where faces are searched."""

    minimum_presence: float = 0.5  # of the mesh; less is not a face
    smallest_face_px: int | None = None  # set: detection in tiles, for faces down to this size
    every_direction: bool = False  # with tiles: where no face is upright, lying faces and faces that are upside down


@dataclass(frozen=True)
class Found:
    """What a search has found."""

    fits: list[MeshFit]
    unread: list[Detection]  # faces that the mesh does not see, with the reason


class FaceFinder:
    """Runs the detector and the mesh; the stopwatch measures both."""

    def __init__(self, detector: FaceDetector, mesh: FaceMesh, options: FinderOptions, stopwatch: Stopwatch) -> None:
        self._detector, self._mesh, self._options, self._stopwatch = detector, mesh, options, stopwatch

    def find(self, frame: Frame, known: list[NDArray[np.float32]], most: int) -> Found:
        """At most `most` detected faces, without those that lie on known landmarks, (468, 3) each."""
        unread = list[Detection]()
        for turned in (False, True) if self._options.every_direction else (False,):
            fits, refused = list[MeshFit](), list[Detection]()
            for detection, fit in self._fits(frame, self._detect(frame, turned), known):
                if fit is None or not self.is_face(fit):
                    refused.append(detection)
                else:
                    fits.append(fit)
                if len(fits) == most:
                    break
            again = self._again(frame, refused, [*known, *(fit.landmarks_px for fit in fits)])
            fits += again.fits[: most - len(fits)]
            unread += again.unread
            if fits:
                boxes = [box_of_points(fit.landmarks_px) for fit in fits]
                return Found(fits, [face for face in unread if _is_apart(face, boxes)])
        return Found([], unread)

    def find_near(
        self, frame: Frame, centre_px: tuple[float, float], size_px: float, known: list[NDArray[np.float32]]
    ) -> list[MeshFit]:
        """The detected faces around a place where a face of that size was expected, whatever their presence."""
        detections = self._detect_near(frame, centre_px, size_px)
        return [fit for _, fit in self._fits(frame, detections, known) if fit is not None]

    def _detect_near(
        self, frame: Frame, centre_px: tuple[float, float], size_px: float, sizes: float = NEAR_SIZES
    ) -> list[Detection]:
        """Detections in a square: a small part of the picture, in which the detector sees a face better."""
        half = sizes / 2 * size_px
        left, top = (max(math.floor(c - half), 0) for c in centre_px)
        right, bottom = (math.ceil(c + half) for c in centre_px)
        part = frame.image[top : max(bottom, 0), left : max(right, 0)]
        if min(part.shape[:2]) < 1:
            return []
        with self._stopwatch.measure("detect"):
            return [shifted(face, left, top) for face in self._detector.detect(part)]

    def fit(self, frame: Frame, region: Region) -> MeshFit:
        """The mesh in `region`, whether or not a face is there; `is_face` tells."""
        with self._stopwatch.measure("mesh"):
            return self._mesh.fit(frame.image, region)

    def is_face(self, fit: MeshFit) -> bool:
        """Whether the mesh lies on a face: its presence is at least the minimum."""
        return fit.presence >= self._options.minimum_presence

    def _detect(self, frame: Frame, turned: bool) -> list[Detection]:
        smallest_px = self._options.smallest_face_px
        with self._stopwatch.measure("detect"):
            if smallest_px is None:
                return self._detector.detect(frame.image)
            return self._detector.detect_small(frame.image, smallest_px, turned=turned)

    def _fits(
        self, frame: Frame, detections: list[Detection], known: list[NDArray[np.float32]]
    ) -> Iterator[tuple[Detection, MeshFit | None]]:
        """Each detection that is of no known face, and its mesh, one for each face; None where it lies beside it."""
        occupied = [*known]
        for detection in detections:
            if any(_inside(detection, other) for other in occupied):
                continue
            fit = self._fit_detection(frame, detection)
            if fit is not None and overlaps_any(fit.landmarks_px, occupied):
                continue
            if fit is not None and self.is_face(fit):
                occupied.append(fit.landmarks_px)
            yield detection, fit

    def _fit_detection(self, frame: Frame, detection: Detection) -> MeshFit | None:
        """The mesh of a detection, which may be upside down; None where it does not lie on the detected features."""
        region = region_of_detection(detection)
        fit = self._fit_twice(frame, region)
        if not self.is_face(fit):
            return fit
        if (turned := self._other_way_up(frame, region, fit)) is not None:
            return turned if detection.score >= DOUBTFUL_SCORE else None  # the search for turned faces is more exact
        return fit if self._is_confirmed(frame, detection, fit) else None

    def _other_way_up(self, frame: Frame, region: Region, fit: MeshFit) -> MeshFit | None:
        """The mesh turned by a half or a quarter, where it is far more certain than `fit` of the same region."""
        if fit.presence >= CERTAIN_PRESENCE:
            return None
        turns = (replace(region, angle_rad=region.angle_rad + quarters * math.pi / 2) for quarters in (2, 1, 3))
        fits = (self._fit_twice(frame, turn) for turn in turns)
        return next((other for other in fits if MORE_CERTAIN * (1 - other.presence) < 1 - fit.presence), None)

    def _is_confirmed(self, frame: Frame, detection: Detection, fit: MeshFit) -> bool:
        """Whether the mesh lies on the features of a sure detection, at the second try those of one nearby."""
        if detection.score < DOUBTFUL_SCORE and fit.presence < SURE_PRESENCE:
            return False
        if detection.score >= SURE_SCORE and features_apart(detection, fit) < FEATURES_APART:
            return True
        centre_px, size_px = _centre_size(box_of_points(fit.landmarks_px))
        return any(
            features_apart(other, fit) < FEATURES_APART
            for sizes in (NEAR_SIZES, AGAIN_SIZES)
            for other in self._detect_near(frame, centre_px, size_px, sizes)
        )

    def _again(self, frame: Frame, refused: list[Detection], faces: list[NDArray[np.float32]]) -> Found:
        """Refused detections of which the detector is sure, also from nearby: read at a second try, or unread."""
        fits, unread = list[MeshFit](), list[Detection]()
        for detection in refused:
            boxes = [*(box_of_points(face) for face in faces), *(other.box_xyxy_px for other in unread)]
            if detection.score < UNREAD_SCORE or not _is_apart(detection, boxes):
                continue
            near = self._detect_near(frame, *_centre_size(detection.box_xyxy_px), AGAIN_SIZES)
            same = (other for other in near if same_face(other.box_xyxy_px, detection.box_xyxy_px[None])[0])
            again = next((other for other in same if other.score >= UNREAD_SCORE), None)
            if again is None:
                continue
            fit = self._fit_tilted(frame, again)
            if fit is None and _is_apart(again, boxes):
                unread.append(replace(again, reason=why_unread(again, frame.width_px, frame.height_px)))
            elif fit is not None and not overlaps_any(fit.landmarks_px, faces):
                fits.append(fit)
                faces = [*faces, fit.landmarks_px]
        return Found(fits, unread)

    def _fit_tilted(self, frame: Frame, detection: Detection) -> MeshFit | None:
        """The mesh in the region of a detection from nearby, also tilted to both sides, where it is on the features."""
        region = region_of_detection(detection)
        for tilt_rad in (0.0, TILT_RAD, -TILT_RAD):
            fit = self._fit_twice(frame, replace(region, angle_rad=region.angle_rad + tilt_rad))
            if fit.presence >= SURE_PRESENCE and features_apart(detection, fit) < FEATURES_APART:
                return self._other_way_up(frame, region, fit) or fit
        return None

    def _fit_twice(self, frame: Frame, region: Region) -> MeshFit:
        """The mesh in a region, and again where its landmarks give another; more often while its roll changes."""
        fit = self.fit(frame, region)
        for again in range(MOST_FITS - 1):
            better = region_of_landmarks(fit.landmarks_px)
            turn = abs(math.remainder(better.angle_rad - region.angle_rad, math.tau))
            if not self.is_face(fit) or same_region(region, better) or (again and turn < STILL_TURNING_RAD):
                break
            region, fit = better, self.fit(frame, better)
        return fit


def features(landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """(4, 2) right eye, left eye, tip of the nose and mouth of (468, 3) landmarks: the detector's first keypoints."""
    return np.stack([landmarks_px[list(group), :2].mean(axis=0) for group in _FEATURES])


def features_apart(detection: Detection, fit: MeshFit) -> float:
    """Mean distance between the detector's and the mesh's eyes, nose and mouth, in face sizes."""
    points = features(fit.landmarks_px)
    left, top, right, bottom = box_of_points(fit.landmarks_px).tolist()
    apart = np.linalg.norm(points - detection.keypoints_px[: len(points)], axis=1).mean()
    return float(apart) / max(right - left, bottom - top, 1e-3)


def why_unread(detection: Detection, width_px: int, height_px: int) -> str:
    """The most likely reason why the mesh does not see a detected face in a picture of that size."""
    right_eye, left_eye, nose = detection.keypoints_px[:3].astype(np.float64)
    left, top, right, bottom = detection.box_xyxy_px.tolist()
    eyes = left_eye - right_eye
    aside = abs(float((nose - (right_eye + left_eye) / 2) @ eyes)) / max(float(eyes @ eyes), 1e-9)
    if aside > PROFILE_NOSE:
        return "turned away"
    if min(left, top) < 0 or right > width_px or bottom > height_px:
        return "cut off by the edge"
    return "too small" if right - left < SMALLEST_READ_PX else "covered"


def _centre_size(box_xyxy_px: NDArray[np.float32]) -> tuple[tuple[float, float], float]:
    """The middle of a box, and its longer side."""
    left, top, right, bottom = box_xyxy_px.tolist()
    return ((left + right) / 2, (top + bottom) / 2), max(right - left, bottom - top)


def _is_apart(detection: Detection, boxes: list[NDArray[np.float32]]) -> bool:
    """Whether a detection is of another head than the faces in these boxes: on a profile there may be several."""
    overlaps = iou(detection.box_xyxy_px, np.array(boxes, np.float32).reshape(-1, 4))
    return bool((overlaps < UNREAD_APART).all())


def _inside(detection: Detection, landmarks_px: NDArray[np.float32]) -> bool:
    """Whether a detection is of the face with these landmarks."""
    return bool(same_face(detection.box_xyxy_px, box_of_points(landmarks_px)[None])[0])
