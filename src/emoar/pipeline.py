"""Runs all stages in order: computes the scene of a frame."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.geometry import box_of_points
from emoar.labels import valence
from emoar.models.second import second_share
from emoar.models.shipped import DEFAULT_MODEL
from emoar.perception.ensemble import Reading
from emoar.perception.measures import MeasureOptions, Measurer, MeasureState
from emoar.perception.pose import PoseFitter, assumed_fov_deg
from emoar.perception.quality import QualityOptions, assess
from emoar.perception.smooth import ExpressionSmoother, SmoothedExpression, SmootherOptions, is_due
from emoar.perception.stages import Stages
from emoar.perception.stopwatch import Stopwatch
from emoar.perception.track import FaceTracker, TrackedFace, TrackerOptions
from emoar.types import Face, Frame, Quality, Scene

__all__ = ["Pipeline", "PipelineOptions"]

SMALLEST_PHOTO_FACE_PX: Final = 24
MAXIMUM_LIVE_FACES: Final = 4
MAXIMUM_PHOTO_FACES: Final = 20
COUNTED_PHOTO_FACES: Final = 80  # beyond the maximum: `Scene.faces_left_out`


@dataclass(frozen=True)
class PipelineOptions:
    """All settings of a pipeline.

    Raises:
        InputError: a value is out of range.
    """

    mode: Literal["live", "photo"] = "live"  # photo: each picture independently, with a search for small faces
    max_faces: int | None = None  # None: 4 live, 20 in a photo
    label_set: str | None = None  # of `Expression.label`; None: the default
    threads: int = 1  # of each model; one is the fastest for one face
    vertical_fov_deg: float | None = None  # of the camera, for the pose; None: 45, less for very wide pictures
    minimum_detection_score: float = 0.5  # 0..1
    classify_every_s: float = 0.05  # live: interval of quality and expression while the face moves; 0: every frame
    model_folder: Path | None = None  # of the public models; None is the user's cache (emoar models list)
    model: str | Path = DEFAULT_MODEL  # a shipped model's name, or the path of a .tflite
    personal: Path | None = None  # a personal head on that model, .json: its labels are the label set `personal`
    measures: bool | MeasureOptions = False  # whether faces get `Face.measures`; costs 0.1 ms a face
    valence: bool = False  # whether faces get `Face.valence`
    tracker: TrackerOptions = field(default_factory=TrackerOptions)
    smoother: SmootherOptions = field(default_factory=SmootherOptions)
    quality: QualityOptions = field(default_factory=QualityOptions)

    def __post_init__(self) -> None:
        if self.mode not in ("live", "photo"):
            raise InputError(f"mode must be live or photo, got {self.mode!r}")
        if self.max_faces is not None and self.max_faces < 1:
            raise InputError(f"max_faces must be at least 1, got {self.max_faces}")
        if self.threads < 1:
            raise InputError(f"threads must be at least 1, got {self.threads}")
        if not self.classify_every_s >= 0:
            raise InputError(f"classify_every_s must be at least 0, got {self.classify_every_s}")
        if self.vertical_fov_deg is not None and not 5 <= self.vertical_fov_deg <= 150:
            raise InputError(f"vertical_fov_deg must be within 5..150, got {self.vertical_fov_deg}")


@dataclass(frozen=True, eq=False)
class _FaceState:
    """The state of one track between frames."""

    pose: NDArray[np.float32]  # (4, 4)
    quality: Quality
    smoothed: SmoothedExpression
    shape_px: NDArray[np.float32]  # (468, 3) landmarks of the frame in which quality and expression were computed
    measured: MeasureState | None = None  # None: not asked for


class Pipeline:
    """Computes scenes from frames of one source; call `reset` between sources.

    Several threads may call it: each waits for its turn.

    Attributes:
        label_sets: the label sets of the expression model, with their labels.

    Raises:
        ModelMissing: a public model is not on this machine (`emoar models pull` fetches it), or there is no such
            expression model.
        ModelMismatch: a model is damaged, or a file is not an expression model.
        InputError: the expression model does not have the label set of the options.
    """

    def __init__(self, options: PipelineOptions | None = None, *, like: Pipeline | None = None) -> None:
        """Loads the models, or shares those of `like`, which must outlive this pipeline.

        With `like`, the pipeline has its own state; the models, and the options that select them, are those of `like`.
        """
        self.options = options = options or PipelineOptions()
        photo = options.mode == "photo"
        most = options.max_faces or (MAXIMUM_PHOTO_FACES if photo else MAXIMUM_LIVE_FACES)
        tracker = replace(options.tracker, maximum_faces=most)
        smoother = replace(options.smoother, label_set=options.label_set or options.smoother.label_set)
        if photo:
            tracker = replace(
                tracker,
                smallest_face_px=SMALLEST_PHOTO_FACE_PX,
                every_direction=True,
                counted_faces=COUNTED_PHOTO_FACES,
                smoothing=None,
            )
            smoother = replace(smoother, time_constant_s=0.0)

        models = (options.model, options.model_folder, options.minimum_detection_score, options.threads)
        self._stages = Stages(*models, options.personal) if like is None else like._stages
        self._owns_stages = like is None
        self._clock = Stopwatch()
        self._tracker = FaceTracker(self._stages.detector, self._stages.mesh, tracker, self._clock)
        self._ensemble = self._stages.ensemble
        self.label_sets = self._ensemble.label_sets
        self._smoother = ExpressionSmoother(smoother, self.label_sets, self._ensemble.decision)
        measuring = MeasureOptions() if options.measures is True else options.measures
        self._measurer = Measurer(measuring) if measuring else None
        self._states: dict[int, _FaceState] = {}  # by track id
        self._time_s = -math.inf  # of the last frame
        self._started_s = time.monotonic()
        self._count = 0

    def __call__(self, frame: Frame | NDArray[np.uint8]) -> Scene:
        """The scene of one frame, or of an (H, W, 3) uint8 RGB array, whose time is now.

        Raises:
            InputError: the array has another shape or type, or the pipeline is closed.
        """
        with self._stages.in_turn():
            return self._scene(self._as_frame(frame))

    def _scene(self, frame: Frame) -> Scene:
        clock = self._clock
        clock.restart()
        if self.options.mode == "photo" or frame.time_s < self._time_s:  # an earlier time begins a new source
            self.reset()
        self._time_s = frame.time_s
        with clock.measure("track"):
            tracked = self._tracker.track(frame)
        with clock.measure("pose"):
            fitter = PoseFitter(self.options.vertical_fov_deg or assumed_fov_deg(frame.width_px, frame.height_px))
            poses = [self._fit_pose(fitter, face, frame) for face in tracked]
        with clock.measure("classify"):
            due = [i for i, face in enumerate(tracked) if self._is_due(face, frame.time_s)]
            second = [self._smoother.asks_second(self._smoothed(tracked[i]), frame.time_s) for i in due]
            landmarks = [tracked[i].landmarks_px for i in due]
            found = self._ensemble.read(frame.image, landmarks, second, second_share)
            fresh = dict(zip(due, found, strict=True))
        with clock.measure("smooth"):
            states = [self._state(face, poses[i], frame, fresh.get(i)) for i, face in enumerate(tracked)]
        if self._measurer:
            with clock.measure("measure"):
                states = [self._measured(self._measurer, *pair, frame) for pair in zip(tracked, states, strict=True)]
        self._remember(tracked, states)
        fov_deg = fitter.vertical_fov_deg
        faces = tuple(self._face(face, state, fov_deg) for face, state in zip(tracked, states, strict=True))
        return Scene(frame, faces, clock.timings_ms, self._tracker.left_out, tuple(self._tracker.unread))

    def reset(self) -> None:
        """Removes all faces, as for a new source."""
        self._tracker.reset()
        self._states = {}
        self._time_s = -math.inf

    def close(self) -> None:
        """Frees the models, unless they are those of another pipeline."""
        if self._owns_stages:
            self._stages.close()

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _as_frame(self, frame: Any) -> Frame:
        if not isinstance(frame, Frame):
            now_s = time.monotonic()
            frame = Frame(frame, now_s - self._started_s, self._count, captured_at_s=now_s)
        self._count += 1
        return frame

    def _fit_pose(self, fitter: PoseFitter, face: TrackedFace, frame: Frame) -> NDArray[np.float32]:
        before = None if face.is_new else self._states.get(face.track_id)
        return fitter.fit(face.landmarks_px, frame.width_px, frame.height_px, before.pose if before else None)

    def _is_due(self, face: TrackedFace, time_s: float) -> bool:
        """Whether quality and expression of the face are computed in this frame."""
        before = None if face.is_new else self._states.get(face.track_id)
        every_s = self.options.classify_every_s
        return before is None or is_due(before.smoothed, before.shape_px, time_s, face.landmarks_px, every_s)

    def _smoothed(self, face: TrackedFace) -> SmoothedExpression | None:
        before = self._states.get(face.track_id)
        return before.smoothed if before else None

    def _state(self, face: TrackedFace, pose: NDArray[np.float32], frame: Frame, fresh: Reading | None) -> _FaceState:
        """The state of a face after this frame; `fresh`: None where it was not due."""
        before = self._states.get(face.track_id)
        if fresh is None:
            assert before is not None
            return replace(
                before, pose=pose, smoothed=before.smoothed.between(frame.time_s, self.options.classify_every_s)
            )
        size = frame.width_px, frame.height_px
        quality = assess(face.landmarks_px, pose, fresh.crop, *size, self.options.quality)
        smoothed = self._smoother.smooth(
            self._smoothed(face), frame.time_s, fresh.probabilities, usable=quality.usable, second=fresh.second
        )
        return _FaceState(pose, quality, smoothed, face.landmarks_px)

    def _measured(self, measurer: Measurer, face: TrackedFace, state: _FaceState, frame: Frame) -> _FaceState:
        before, expression = self._states.get(face.track_id), state.smoothed.expression
        known = before.measured if before else None
        return replace(
            state, measured=measurer.measure(known, frame.time_s, face.landmarks_px, state.quality, expression)
        )

    def _remember(self, tracked: list[TrackedFace], states: list[_FaceState]) -> None:
        """Keeps the states of the faces in view, and of lost faces that may return."""
        self._states |= {face.track_id: state for face, state in zip(tracked, states, strict=True)}
        known = self._tracker.known_ids()
        self._states = {key: state for key, state in self._states.items() if key in known}

    def _face(self, face: TrackedFace, state: _FaceState, vertical_fov_deg: float) -> Face:
        expression = state.smoothed.expression
        return Face(
            track_id=face.track_id,
            box_xyxy_px=box_of_points(face.landmarks_px),
            landmarks_px=face.landmarks_px,
            presence=face.presence,
            pose=state.pose,
            vertical_fov_deg=vertical_fov_deg,
            quality=state.quality,
            expression=expression,
            measures=state.measured.measures if state.measured else None,
            valence=valence(expression.probabilities) if self.options.valence else None,
        )
