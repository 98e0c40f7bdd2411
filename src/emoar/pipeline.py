"""Runs all stages in order: computes the scene of a frame."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.geometry import box_of_points
from emoar.models.expression import DEFAULT_MODEL, expression_model
from emoar.models.public import model_path
from emoar.perception.align import align
from emoar.perception.detect import FaceDetector
from emoar.perception.ensemble import ExpressionEnsemble, Probabilities
from emoar.perception.mesh import FaceMesh
from emoar.perception.pose import DEFAULT_VERTICAL_FOV_DEG, PoseFitter
from emoar.perception.quality import QualityOptions, assess
from emoar.perception.smooth import ExpressionSmoother, SmoothedExpression, SmootherOptions
from emoar.perception.stopwatch import Stopwatch
from emoar.perception.track import FaceTracker, TrackedFace, TrackerOptions
from emoar.types import Face, Frame, Quality, Scene

__all__ = ["Pipeline", "PipelineOptions"]

SMALLEST_PHOTO_FACE_PX: Final = 24
TIME_SLACK_S: Final = 1e-4  # frame times are rounded


@dataclass(frozen=True)
class PipelineOptions:
    """All settings of a pipeline.

    Raises:
        InputError: a value is out of range.
    """

    mode: Literal["live", "photo"] = "live"  # photo: each picture independently, with a search for small faces
    max_faces: int = 4
    label_set: str | None = None  # of `Expression.label`; None: the default
    threads: int = 1  # of each model; one is the fastest for one face
    vertical_fov_deg: float = DEFAULT_VERTICAL_FOV_DEG  # of the camera, for the pose
    minimum_detection_score: float = 0.5  # 0..1
    classify_every_s: float = 0.05  # live: interval of quality and expression; 0: every frame
    model_folder: Path | None = None  # of the public models; None is the user's cache (emoar models list)
    model: str | Path = DEFAULT_MODEL  # a shipped model's name, or the path of a .tflite
    tracker: TrackerOptions = field(default_factory=TrackerOptions)
    smoother: SmootherOptions = field(default_factory=SmootherOptions)
    quality: QualityOptions = field(default_factory=QualityOptions)

    def __post_init__(self) -> None:
        if self.mode not in ("live", "photo"):
            raise InputError(f"mode must be live or photo, got {self.mode!r}")
        if self.max_faces < 1:
            raise InputError(f"max_faces must be at least 1, got {self.max_faces}")
        if self.threads < 1:
            raise InputError(f"threads must be at least 1, got {self.threads}")
        if not self.classify_every_s >= 0:
            raise InputError(f"classify_every_s must be at least 0, got {self.classify_every_s}")
        if not 5 <= self.vertical_fov_deg <= 150:
            raise InputError(f"vertical_fov_deg must be within 5..150, got {self.vertical_fov_deg}")


@dataclass(frozen=True, eq=False)
class _FaceState:
    """The state of one track between frames."""

    pose: NDArray[np.float32]  # (4, 4)
    quality: Quality
    smoothed: SmoothedExpression
    classified_s: float  # time of the frame in which quality and expression were computed


@dataclass(frozen=True)
class _Models:
    """The models, which are slow to load and have no state between frames."""

    detector: FaceDetector
    mesh: FaceMesh
    ensemble: ExpressionEnsemble

    @classmethod
    def load(cls, options: PipelineOptions) -> _Models:
        def path(name: str) -> Path:
            return model_path(name, options.model_folder)

        short, full = path("face_detection_short_range"), path("face_detection_full_range_sparse")
        return cls(
            FaceDetector(short, full, options.minimum_detection_score, options.threads),
            FaceMesh(path("face_landmark"), options.threads),
            ExpressionEnsemble(expression_model(options.model), options.threads),
        )

    def close(self) -> None:
        self.detector.close()
        self.mesh.close()
        self.ensemble.close()


class Pipeline:
    """Computes scenes from frames, for one source and one thread at a time; call `reset` between sources.

    Attributes:
        label_sets: the label sets of the expression model, with their labels.

    Raises:
        ModelMissing: a public model is not on this machine (`emoar models pull` fetches it), or there is no such
            expression model.
        ModelMismatch: a model is damaged, or a file is not an expression model.
        InputError: the expression model does not have the label set of the options.
    """

    def __init__(self, options: PipelineOptions | None = None, *, like: Pipeline | None = None) -> None:
        """Loads the models, or shares those of `like`.

        With `like`, the pipeline has its own state without loading: the models, and the options that select them, are
        those of `like`, which must outlive this pipeline and run on the same thread.
        """
        self.options = options = options or PipelineOptions()
        photo = options.mode == "photo"
        tracker = replace(options.tracker, maximum_faces=options.max_faces)
        smoother = replace(options.smoother, label_set=options.label_set or options.smoother.label_set)
        if photo:
            tracker = replace(tracker, smallest_face_px=SMALLEST_PHOTO_FACE_PX, smoothing=None)
            smoother = replace(smoother, time_constant_s=0.0)

        self._models = _Models.load(options) if like is None else like._models
        self._owns_models = like is None
        self._clock = Stopwatch()
        self._tracker = FaceTracker(self._models.detector, self._models.mesh, tracker, self._clock)
        self._pose = PoseFitter(options.vertical_fov_deg)
        self._ensemble = self._models.ensemble
        self.label_sets = self._ensemble.label_sets
        self._smoother = ExpressionSmoother(smoother, self.label_sets)
        self._states: dict[int, _FaceState] = {}  # by track id
        self._time_s = -math.inf  # of the last frame
        self._started_s = time.monotonic()
        self._count = 0

    def __call__(self, frame: Frame | NDArray[np.uint8]) -> Scene:
        """The scene of one frame, or of an (H, W, 3) uint8 RGB array, whose time is now.

        Raises:
            InputError: the array has another shape or type.
        """
        clock = self._clock
        clock.restart()
        frame = self._as_frame(frame)
        if self.options.mode == "photo" or frame.time_s < self._time_s:  # an earlier time begins a new source
            self.reset()
        self._time_s = frame.time_s
        with clock.measure("track"):
            tracked = self._tracker.track(frame)
        with clock.measure("pose"):
            poses = [self._fit_pose(face, frame) for face in tracked]
        with clock.measure("classify"):
            due = [i for i, face in enumerate(tracked) if self._is_due(face, frame.time_s)]
            # each model runs on all faces before the next model, so that its weights stay in the processor's cache
            crops = [align(frame.image, tracked[i].landmarks_px) for i in due]
            outputs = self._ensemble.classify(frame.image, [tracked[i].landmarks_px for i in due], crops)
        with clock.measure("smooth"):
            fresh = dict(zip(due, zip(crops, outputs, strict=True), strict=True))
            states = [self._state(face, poses[i], frame, fresh.get(i)) for i, face in enumerate(tracked)]
        self._remember(tracked, states)
        faces = tuple(self._face(face, state) for face, state in zip(tracked, states, strict=True))
        return Scene(frame, faces, clock.timings_ms)

    def reset(self) -> None:
        """Removes all faces, as for a new source."""
        self._tracker.reset()
        self._states = {}
        self._time_s = -math.inf

    def close(self) -> None:
        """Frees the models, unless they are those of another pipeline."""
        if self._owns_models:
            self._models.close()

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _as_frame(self, frame: Any) -> Frame:
        if not isinstance(frame, Frame):
            frame = Frame(frame, time_s=time.monotonic() - self._started_s, index=self._count)
        self._count += 1
        return frame

    def _fit_pose(self, face: TrackedFace, frame: Frame) -> NDArray[np.float32]:
        before = None if face.is_new else self._states.get(face.track_id)
        return self._pose.fit(face.landmarks_px, frame.width_px, frame.height_px, before.pose if before else None)

    def _is_due(self, face: TrackedFace, time_s: float) -> bool:
        """Whether quality and expression of the face are computed in this frame."""
        before = None if face.is_new else self._states.get(face.track_id)
        return before is None or before.classified_s <= time_s - self.options.classify_every_s + TIME_SLACK_S

    def _state(
        self,
        face: TrackedFace,
        pose: NDArray[np.float32],
        frame: Frame,
        fresh: tuple[NDArray[np.uint8], Probabilities] | None,
    ) -> _FaceState:
        """The state of a face after this frame; `fresh` is its crop and probabilities where it was due."""
        before = self._states.get(face.track_id)
        if fresh is None:
            assert before is not None
            return replace(before, pose=pose)
        crop, probabilities = fresh
        size = frame.width_px, frame.height_px
        quality = assess(face.landmarks_px, pose, crop, *size, self.options.quality)
        smoothed = self._smoother.smooth(
            before.smoothed if before else None, frame.time_s, probabilities, usable=quality.usable
        )
        return _FaceState(pose, quality, smoothed, frame.time_s)

    def _remember(self, tracked: list[TrackedFace], states: list[_FaceState]) -> None:
        """Keeps the states of the faces in view, and of lost faces that may return."""
        self._states |= {face.track_id: state for face, state in zip(tracked, states, strict=True)}
        known = self._tracker.known_ids()
        self._states = {key: state for key, state in self._states.items() if key in known}

    def _face(self, face: TrackedFace, state: _FaceState) -> Face:
        return Face(
            track_id=face.track_id,
            box_xyxy_px=box_of_points(face.landmarks_px),
            landmarks_px=face.landmarks_px,
            presence=face.presence,
            pose=state.pose,
            vertical_fov_deg=self.options.vertical_fov_deg,
            quality=state.quality,
            expression=state.smoothed.expression,
        )
