"""Tracks faces: the landmarks of one frame give the mesh's region in the next one, and the detector finds new faces."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.face_landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from emoar.geometry import Region
from emoar.perception.association import (
    SURPRISE_SIZES,
    Motion,
    associate,
    beside,
    distortion,
    overlaps_any,
    suppress_duplicates,
)
from emoar.perception.detect import FaceDetector
from emoar.perception.find import FaceFinder, FinderOptions
from emoar.perception.mesh import FaceMesh, MeshFit, region_of_landmarks
from emoar.perception.one_euro import OneEuro, OneEuroOptions
from emoar.perception.stopwatch import Stopwatch
from emoar.types import Detection, Frame

__all__ = ["FaceTracker", "TrackedFace", "TrackerOptions"]

MAX_GAP_S: Final = 0.15  # after a longer gap between frames the mesh may fit another face: the detector runs
DISTORTED: Final = 0.015  # of a face's size: more distortion between two frames, and the mesh may lie beside the face
BLURRED_STRIDE: Final = 0.15  # of a face's size between two frames: motion blurs a face that is so fast


@dataclass(frozen=True)
class TrackerOptions(FinderOptions):
    """When the detector runs, and how long a lost face is kept."""

    maximum_faces: int = 4
    counted_faces: int = 0  # a search goes on beyond the maximum for so many faces, and counts them
    search_every_s: float = 0.4  # interval of the detector while there are fewer faces than the maximum
    search_after_loss_s: float = 0.5  # after a loss the detector runs in every frame for this long
    max_lost_s: float = 2.0  # how long a lost face keeps its id
    smoothing: OneEuroOptions | None = field(default_factory=OneEuroOptions)  # None: unfiltered landmarks


@dataclass(frozen=True, eq=False)
class TrackedFace:
    """One face of one frame, with its track id."""

    track_id: int
    landmarks_px: NDArray[np.float32]  # (468, 3), smoothed
    presence: float  # 0..1, of the mesh
    is_new: bool  # first frame of the track, or of its return after a loss: there is no previous pose to start from


@dataclass
class _Track:
    track_id: int
    motion: Motion
    raw_px: NDArray[np.float32]  # (468, 3) unfiltered landmarks, which give the next region
    filter: OneEuro | None
    missing_since_s: float = float("inf")  # time of the first frame without the face


class FaceTracker:
    """Keeps the identity of faces over the frames of one source.

    Attributes:
        left_out: number of faces that the search in the last frame found beyond the maximum, up to `counted_faces`.
        unread: faces that the last search found and the mesh does not see, with the reason.
    """

    def __init__(
        self, detector: FaceDetector, mesh: FaceMesh, options: TrackerOptions, stopwatch: Stopwatch | None = None
    ) -> None:
        self._options = options
        self._finder = FaceFinder(detector, mesh, options, stopwatch or Stopwatch())
        self.reset()

    def reset(self) -> None:
        """Removes all tracks, as for a new source. Ids start at 1 again."""
        self._next_id = 1
        self._active: list[_Track] = []
        self._lost: list[_Track] = []
        self._searched_s = float("-inf")
        self._lost_at_s = float("-inf")
        self._time_s = float("-inf")
        self.left_out = 0
        self.unread: list[Detection] = []

    def known_ids(self) -> set[int]:
        """Ids of the faces in view and of lost faces that may return."""
        return {track.track_id for track in (*self._active, *self._lost)}

    def track(self, frame: Frame) -> list[TrackedFace]:
        """The faces of this frame, by ascending id. A frame older than the previous one begins a new source."""
        if frame.time_s < self._time_s:
            self.reset()
        before_s, self._time_s, self.left_out = self._time_s, frame.time_s, 0
        if frame.time_s - self._searched_s > self._options.search_every_s:
            self.unread = []  # until the next search: the picture has changed
        # a face is absent up to the previous frame: nothing is known about the time between two frames
        self._lost = [t for t in self._lost if before_s - t.missing_since_s <= self._options.max_lost_s]
        if self._active and frame.time_s - before_s > MAX_GAP_S:
            faces = self._find_again(frame)
        else:
            before = self._active
            faces = self._update_active(frame)
            if self._should_search(frame.time_s):
                faces = self._search(frame, faces, before)
        return sorted(faces, key=lambda face: face.track_id)

    def _update_active(self, frame: Frame) -> list[TrackedFace]:
        """Fits the mesh at the expected region of each active track.

        Tracks without a face there, or on the face of another track, become lost.
        """
        now = frame.time_s
        fits = [self._finder.fit(frame, _next_region(track, now)) for track in self._active]
        detected = self._detect_doubtful(frame, fits)
        fits = [detected.get(i, fit) for i, fit in enumerate(fits)]
        present = [i for i, fit in enumerate(fits) if i in detected or self._finder.is_face(fit)]
        motions = [self._active[i].motion for i in present]
        duplicates = suppress_duplicates(motions, [fits[i].landmarks_px for i in present], now)
        return self._keep({i: fits[i] for position, i in enumerate(present) if position not in duplicates}, now)

    def _detect_doubtful(self, frame: Frame, fits: list[MeshFit]) -> dict[int, MeshFit]:
        """Detected faces of the active tracks whose fits are not what was expected, by index in `_active`.

        The mesh of a face that moved by half of its size stays on the other half, with full presence. The detector
        finds the face; where it moves so fast that it is blurred, whatever the presence of the mesh.
        """
        now = frame.time_s
        doubtful = [i for i, fit in enumerate(fits) if not self._is_expected(self._active[i], fit, now)]
        motions = [self._active[i].motion for i in doubtful]
        known = [fit.landmarks_px for i, fit in enumerate(fits) if i not in doubtful]
        found: list[MeshFit] = []
        for motion in motions:
            occupied = known + [fit.landmarks_px for fit in found]
            found += self._finder.find_near(frame, motion.expected_centre_px(now), motion.size_px, occupied)
        matches = associate(motions, [fit.landmarks_px for fit in found], now)
        blurred = [
            motion.stride(now) > BLURRED_STRIDE and not self._finder.is_face(fits[i])
            for i, motion in zip(doubtful, motions, strict=True)
        ]
        return {
            doubtful[track]: found[i]
            for i, track in matches.items()
            if self._finder.is_face(found[i]) or blurred[track]
        }

    def _is_expected(self, track: _Track, fit: MeshFit, now_s: float) -> bool:
        """Whether a face is about where it was expected, and has about the shape that it had."""
        if not self._finder.is_face(fit) or track.motion.surprise(fit.landmarks_px, now_s) > SURPRISE_SIZES:
            return False
        return distortion(track.raw_px, fit.landmarks_px) < DISTORTED

    def _find_again(self, frame: Frame) -> list[TrackedFace]:
        """Detects all faces after a gap in time, and associates them with the tracks by motion."""
        now = self._searched_s = frame.time_s
        searched = self._finder.find(frame, [], 2 * self._options.maximum_faces)
        found, self.unread = searched.fits, searched.unread
        landmarks = [fit.landmarks_px for fit in found]
        again = associate([track.motion for track in (*self._active, *self._lost)], landmarks, now)
        active = {i: track for i, track in again.items() if track < len(self._active)}
        kept = {track: found[i] for i, track in active.items()}
        others = {i: fit for i, fit in enumerate(found) if i not in active}
        for track in set(range(len(self._active))).difference(kept):  # the detector misses faces that are turned away
            fit = self._finder.fit(frame, _next_region(self._active[track], now))
            same = beside(fit.landmarks_px, {i: other.landmarks_px for i, other in others.items()})
            if self._finder.is_face(fit) and same is not None:  # half on the face, which moved further than expected
                kept[track] = others.pop(same)
            elif self._finder.is_face(fit) and not overlaps_any(fit.landmarks_px, landmarks):
                kept[track] = fit
                landmarks.append(fit.landmarks_px)
        return self._keep(kept, now) + self._start_or_restore(list(others.values()), now)

    def _search(self, frame: Frame, faces: list[TrackedFace], before: list[_Track]) -> list[TrackedFace]:
        """Adds faces without an active track; each continues a lost track or starts a new one.

        Where there is one, the place of a blurred face may be a wrong guess: its track, of those `before`, is lost.
        """
        now = self._searched_s = frame.time_s
        known = [track.raw_px for track in self._active]
        most = self._options.maximum_faces - len(known)
        searched = self._finder.find(frame, known, most + self._options.counted_faces)
        found, self.unread = searched.fits, searched.unread
        self.left_out = max(len(found) - most, 0)
        if found:
            guesses = {face.track_id for face in faces if face.presence < self._options.minimum_presence}
            self._active = [track for track in self._active if track.track_id not in guesses]
            self._lost += [replace(track, missing_since_s=now) for track in before if track.track_id in guesses]
            faces = [face for face in faces if face.track_id not in guesses]
        return faces + self._start_or_restore(found, now)

    def _keep(self, fits: dict[int, MeshFit], now_s: float) -> list[TrackedFace]:
        """Continues active tracks with their fits, by index in `_active`; the other tracks become lost."""
        if len(fits) < len(self._active):
            self._lost_at_s = now_s
        missing = [track for i, track in enumerate(self._active) if i not in fits]
        self._lost += [replace(track, missing_since_s=now_s) for track in missing]
        order = sorted(fits)
        self._active = [self._seen(self._active[i], fits[i], now_s) for i in order]
        return [self._face(track, fits[i], now_s) for track, i in zip(self._active, order, strict=True)]

    def _start_or_restore(self, found: list[MeshFit], now_s: float) -> list[TrackedFace]:
        """Faces without an active track: each restores a lost track where motion fits, or starts a new one."""
        found = found[: max(self._options.maximum_faces - len(self._active), 0)]
        again = associate([track.motion for track in self._lost], [fit.landmarks_px for fit in found], now_s)
        tracks = [self._begin(fit, self._lost[again[i]] if i in again else None, now_s) for i, fit in enumerate(found)]
        returned = {track.track_id for track in tracks}
        self._lost = [track for track in self._lost if track.track_id not in returned]
        self._active += tracks
        return [replace(self._face(t, fit, now_s), is_new=True) for t, fit in zip(tracks, found, strict=True)]

    def _should_search(self, now_s: float) -> bool:
        options = self._options
        is_due = not self._active or now_s - self._searched_s >= options.search_every_s
        may_return = now_s - self._lost_at_s <= options.search_after_loss_s
        return (is_due or may_return) and len(self._active) < options.maximum_faces

    def _begin(self, fit: MeshFit, before: _Track | None, now_s: float) -> _Track:
        track_id, self._next_id = (before.track_id, self._next_id) if before else (self._next_id, self._next_id + 1)
        return _Track(track_id, Motion.begin(fit.landmarks_px, now_s), fit.landmarks_px, self._filter())

    def _seen(self, track: _Track, fit: MeshFit, now_s: float) -> _Track:
        """The track after one more fit. The filter of a face that leapt starts again, or it would lag behind."""
        leapt = track.motion.surprise(fit.landmarks_px, now_s) > SURPRISE_SIZES
        motion = track.motion.advance(fit.landmarks_px, now_s)
        return replace(track, motion=motion, raw_px=fit.landmarks_px, filter=self._filter() if leapt else track.filter)

    def _filter(self) -> OneEuro | None:
        return OneEuro(self._options.smoothing) if self._options.smoothing else None

    def _face(self, track: _Track, fit: MeshFit, now_s: float) -> TrackedFace:
        landmarks = fit.landmarks_px
        if track.filter is not None:
            eyes = landmarks[RIGHT_EYE_OUTER] - landmarks[LEFT_EYE_OUTER]
            landmarks = track.filter.filter(landmarks, now_s, unit=max(float(np.linalg.norm(eyes)), 1.0))
        return TrackedFace(track.track_id, landmarks, fit.presence, is_new=False)


def _next_region(track: _Track, now_s: float) -> Region:
    """The region around the last landmarks, shifted by the expected motion."""
    region = region_of_landmarks(track.raw_px)
    x, y = track.motion.expected_centre_px(now_s)
    dx, dy = x - track.motion.centre_px[0], y - track.motion.centre_px[1]
    return replace(region, centre_x_px=region.centre_x_px + dx, centre_y_px=region.centre_y_px + dy)
