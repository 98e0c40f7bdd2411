"""Follows faces from frame to frame: the mesh leads to its own next region, the detector only looks for new faces."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.geometry import Region, box_of_points, iou
from emoar.perception.detect import FaceDetector
from emoar.perception.filter import OneEuro, OneEuroOptions
from emoar.perception.identity import Motion, assign, duplicates, overlaps_any
from emoar.perception.mesh import (
    LEFT_EYE_OUTER,
    RIGHT_EYE_OUTER,
    FaceMesh,
    MeshFit,
    region_of_detection,
    region_of_landmarks,
)
from emoar.types import Detection, Frame

__all__ = ["FaceTracker", "TrackedFace", "TrackerOptions"]

DETECTION_IOU: Final = 0.35  # a detection that overlaps a followed face by this is that face
REFITS: Final = 2  # a detector's box is rough: the mesh leads itself to the place


@dataclass(frozen=True)
class TrackerOptions:
    """When to look, and when to give up."""

    maximum_faces: int = 4
    minimum_presence: float = 0.5  # of the mesh; less is not a face
    search_every_s: float = 0.4  # for new faces, while there may be more
    search_after_loss_s: float = 0.5  # in every frame for so long after a face was lost
    remember_s: float = 2.0  # how long a lost face may come back as itself
    smallest_face_px: int | None = None  # set: photo search in tiles, for faces down to this size
    smoothing: OneEuroOptions | None = field(default_factory=OneEuroOptions)  # None leaves the landmarks as they come


@dataclass(frozen=True, eq=False)
class TrackedFace:
    """One face of one frame, with its identity."""

    track_id: int
    landmarks_px: NDArray[np.float32]  # (468, 3), smoothed
    presence: float
    is_new: bool  # first seen, or seen again after a loss: filters downstream start afresh


@dataclass
class _Track:
    track_id: int
    motion: Motion
    raw_px: NDArray[np.float32]  # landmarks as fitted, where the next region comes from
    filter: OneEuro | None


class FaceTracker:
    """Keeps the identity of faces over the frames of one source."""

    def __init__(self, detector: FaceDetector, mesh: FaceMesh, options: TrackerOptions) -> None:
        self._detector, self._mesh, self._options = detector, mesh, options
        self.reset()

    def reset(self) -> None:
        """Forgets all faces, as for a new source. Ids start at 1 again."""
        self._next_id = 1
        self._active: list[_Track] = []
        self._lost: list[_Track] = []
        self._searched_s = float("-inf")
        self._lost_at_s = float("-inf")
        self._time_s = float("-inf")
        self.timings_ms = {"detect": 0.0, "mesh": 0.0}  # of the last frame

    def known_ids(self) -> set[int]:
        """Of the faces in view and of those that may come back."""
        return {track.track_id for track in (*self._active, *self._lost)}

    def track(self, frame: Frame) -> list[TrackedFace]:
        """The faces of this frame, by ascending id. A frame older than the last begins a new source."""
        if frame.time_s < self._time_s:
            self.reset()
        self._time_s = frame.time_s
        self.timings_ms = {"detect": 0.0, "mesh": 0.0}
        faces = self._follow(frame)
        if self._should_search(frame.time_s):
            self._searched_s = frame.time_s
            faces += self._search(frame)
        self._lost = [t for t in self._lost if frame.time_s - t.motion.time_s <= self._options.remember_s]
        return sorted(faces, key=lambda face: face.track_id)

    def _follow(self, frame: Frame) -> list[TrackedFace]:
        """Fits every active track where it should be by now; those that are gone or slid away become lost."""
        now = frame.time_s
        fits = [self._fit(frame, _next_region(track, now)) for track in self._active]
        gone = {i for i, fit in enumerate(fits) if not self._is_face(fit)}
        kept = [i for i in range(len(fits)) if i not in gone]
        motions = [self._active[i].motion for i in kept]
        slid = duplicates(motions, [fits[i].landmarks_px for i in kept], now)
        kept = [i for position, i in enumerate(kept) if position not in slid]
        if len(kept) < len(fits):
            self._lost_at_s = now
        self._lost += [track for i, track in enumerate(self._active) if i not in kept]
        self._active = [_seen(self._active[i], fits[i], now) for i in kept]
        return [self._face(track, fits[i], now) for track, i in zip(self._active, kept, strict=True)]

    def _search(self, frame: Frame) -> list[TrackedFace]:
        """Looks for faces that no track follows; each is one that was lost, or new."""
        known = [track.raw_px for track in self._active]
        found: list[MeshFit] = []
        for detection in self._detect(frame):
            if len(known) >= self._options.maximum_faces:
                break
            if any(_inside(detection, other) for other in known):
                continue
            fit = self._fit_detection(frame, detection)
            if self._is_face(fit) and not overlaps_any(fit.landmarks_px, known):
                found.append(fit)
                known.append(fit.landmarks_px)
        again = assign([track.motion for track in self._lost], [fit.landmarks_px for fit in found], frame.time_s)
        tracks = [
            self._begin(fit, self._lost[again[i]] if i in again else None, frame.time_s) for i, fit in enumerate(found)
        ]
        returned = {track.track_id for track in tracks}
        self._lost = [track for track in self._lost if track.track_id not in returned]
        self._active += tracks
        return [replace(self._face(t, fit, frame.time_s), is_new=True) for t, fit in zip(tracks, found, strict=True)]

    def _detect(self, frame: Frame) -> list[Detection]:
        smallest, started = self._options.smallest_face_px, time.perf_counter()
        found = (
            self._detector.detect(frame.image)
            if smallest is None
            else self._detector.detect_small(frame.image, smallest)
        )
        self.timings_ms["detect"] += 1e3 * (time.perf_counter() - started)
        return found

    def _fit(self, frame: Frame, region: Region) -> MeshFit:
        started = time.perf_counter()
        fit = self._mesh.fit(frame.image, region)
        self.timings_ms["mesh"] += 1e3 * (time.perf_counter() - started)
        return fit

    def _fit_detection(self, frame: Frame, detection: Detection) -> MeshFit:
        fit = self._fit(frame, region_of_detection(detection))
        for _ in range(REFITS - 1):
            if not self._is_face(fit):
                break
            fit = self._fit(frame, region_of_landmarks(fit.landmarks_px))
        return fit

    def _should_search(self, now_s: float) -> bool:
        options = self._options
        if len(self._active) >= options.maximum_faces:
            return False
        if not self._active or now_s - self._lost_at_s <= options.search_after_loss_s:
            return True
        return now_s - self._searched_s >= options.search_every_s

    def _is_face(self, fit: MeshFit) -> bool:
        return fit.presence >= self._options.minimum_presence

    def _begin(self, fit: MeshFit, before: _Track | None, now_s: float) -> _Track:
        smoothing = OneEuro(self._options.smoothing) if self._options.smoothing else None
        if before is None:
            self._next_id += 1
        track_id = before.track_id if before else self._next_id - 1
        return _Track(track_id, Motion.begin(fit.landmarks_px, now_s), fit.landmarks_px, smoothing)

    def _face(self, track: _Track, fit: MeshFit, now_s: float) -> TrackedFace:
        landmarks = fit.landmarks_px
        if track.filter is not None:
            eyes = landmarks[RIGHT_EYE_OUTER] - landmarks[LEFT_EYE_OUTER]
            landmarks = track.filter.filter(landmarks, now_s, unit=max(float(np.linalg.norm(eyes)), 1.0))
        return TrackedFace(track.track_id, landmarks, fit.presence, is_new=False)


def _next_region(track: _Track, now_s: float) -> Region:
    """Around the last landmarks, moved by what the face has moved since."""
    region = region_of_landmarks(track.raw_px)
    x, y = track.motion.expected_centre_px(now_s)
    dx, dy = x - track.motion.centre_px[0], y - track.motion.centre_px[1]
    return replace(region, centre_x_px=region.centre_x_px + dx, centre_y_px=region.centre_y_px + dy)


def _seen(track: _Track, fit: MeshFit, now_s: float) -> _Track:
    return replace(track, motion=track.motion.advance(fit.landmarks_px, now_s), raw_px=fit.landmarks_px)


def _inside(detection: Detection, landmarks_px: NDArray[np.float32]) -> bool:
    """Whether a detection is of the face with these landmarks."""
    return bool(iou(detection.box_xyxy_px, box_of_points(landmarks_px)[None])[0] > DETECTION_IOU)
