"""The stages in order: frame in, scene out."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.geometry import box_of_points
from emoar.models.expression import DEFAULT_MODEL, expression_model
from emoar.models.public import model_path
from emoar.perception.align import align
from emoar.perception.detect import FaceDetector
from emoar.perception.ensemble import ExpressionEnsemble
from emoar.perception.mesh import FaceMesh
from emoar.perception.pose import DEFAULT_VERTICAL_FOV_DEG, PoseFitter
from emoar.perception.quality import QualityOptions, assess
from emoar.perception.smooth import ExpressionSmoother, SmootherOptions
from emoar.perception.track import FaceTracker, TrackedFace, TrackerOptions
from emoar.types import Expression, Face, Frame, Quality, Scene

__all__ = ["Pipeline", "PipelineOptions"]

SMALLEST_PHOTO_FACE_PX: Final = 24
TIME_SLACK_S: Final = 1e-4  # frame times are rounded


@dataclass(frozen=True)
class PipelineOptions:
    """All settings of a pipeline."""

    mode: Literal["live", "photo"] = "live"  # photo: each picture by itself, and small faces are searched for
    max_faces: int = 4
    label_set: str | None = None  # of `Expression.label`; None: ferplus, or what the model has; all are computed
    threads: int = 1  # of each model; one is fastest for one face on most machines
    vertical_fov_deg: float = DEFAULT_VERTICAL_FOV_DEG  # of the camera, for the pose
    minimum_detection_score: float = 0.5  # 0..1
    classify_every_s: float = 0.05  # live: quality and expression of a face are kept for so long; 0 judges every frame
    model_folder: Path | None = None  # of the public models; None is the user's cache (emoar models list)
    expression_model: str | Path = DEFAULT_MODEL  # a shipped model's name, or a .tflite of one's own
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


@dataclass(frozen=True)
class _FaceState:
    quality: Quality
    expression: Expression
    time_s: float  # of the frame that was judged


@dataclass(frozen=True)
class _Models:
    """What is costly to load and keeps nothing from one picture to the next."""

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
            ExpressionEnsemble(expression_model(options.expression_model), options.threads),
        )

    def close(self) -> None:
        self.detector.close()
        self.mesh.close()
        self.ensemble.close()


class Pipeline:
    """Turns frames into scenes. One source at a time, one thread at a time; `reset` between sources.

    Attributes:
        label_sets: the label sets of the expression model, with their labels.

    Raises:
        ModelMissing: a public model is not on this machine (`emoar models pull` gets it), or there is no such
            expression model.
        ModelMismatch: a model is damaged, or a file is no expression model.
        InputError: the expression model does not have the label set of the options.
    """

    def __init__(self, options: PipelineOptions | None = None, *, like: Pipeline | None = None) -> None:
        """Loads the models, or uses those of `like` again.

        With `like`, a second source has a memory of its own for little: the models, and the options that choose them,
        are those of `like`, which must outlive this pipeline and run on the same thread.
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
        self._ensemble = self._models.ensemble
        self._tracker = FaceTracker(self._models.detector, self._models.mesh, tracker)
        self._pose = PoseFitter(options.vertical_fov_deg)
        self.label_sets = self._ensemble.label_sets
        self._smoother = ExpressionSmoother(smoother, self.label_sets)
        self._poses: dict[int, NDArray[np.float32]] = {}
        self._face_states: dict[int, _FaceState] = {}
        self._started_s = time.monotonic()
        self._count = 0

    def __call__(self, frame: Frame | NDArray[np.uint8]) -> Scene:
        """The scene of one frame, or of an (H, W, 3) uint8 RGB array, which counts as taken now.

        Raises:
            InputError: not such an array.
        """
        started = time.perf_counter()
        frame = self._as_frame(frame)
        if self.options.mode == "photo":
            self.reset()
        tracked = self._tracker.track(frame)
        tracked_at = time.perf_counter()
        poses = {face.track_id: self._fit_pose(face, frame) for face in tracked}
        posed_at = time.perf_counter()
        states = self._classify_faces(tracked, poses, frame)
        faces = tuple(self._face(face, poses[face.track_id], states[face.track_id]) for face in tracked)
        self._poses, self._face_states = poses, states
        self._smoother.keep_only(self._tracker.known_ids())
        done = time.perf_counter()
        marks = {"track": tracked_at - started, "pose": posed_at - tracked_at, "expression": done - posed_at}
        timings = {**self._tracker.timings_ms, **{name: 1e3 * value for name, value in marks.items()}}
        timings["track"] -= sum(self._tracker.timings_ms.values())
        timings["total"] = 1e3 * (done - started)
        return Scene(frame, faces, MappingProxyType(timings))

    def reset(self) -> None:
        """Forgets all faces, as for a new source."""
        self._tracker.reset()
        self._smoother.reset()
        self._poses, self._face_states = {}, {}

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
        before = None if face.is_new else self._poses.get(face.track_id)
        return self._pose.fit(face.landmarks_px, frame.width_px, frame.height_px, before)

    def _classify_faces(
        self, tracked: list[TrackedFace], poses: dict[int, NDArray[np.float32]], frame: Frame
    ) -> dict[int, _FaceState]:
        """The state of each face: the last one while it is fresh, else a new one."""
        newest_s = frame.time_s - self.options.classify_every_s + TIME_SLACK_S
        known = {face.track_id: self._face_states.get(face.track_id) for face in tracked if not face.is_new}
        states = {key: old for key, old in known.items() if old is not None and old.time_s > newest_s}
        due = [face for face in tracked if face.track_id not in states]
        # each step for all faces before the next step: a model's weights then stay in the processor's cache
        crops = [align(frame.image, face.landmarks_px) for face in due]
        outputs = self._ensemble.classify(frame.image, [face.landmarks_px for face in due], crops)
        for face, crop, output in zip(due, crops, outputs, strict=True):
            key, now_s, size = face.track_id, frame.time_s, (frame.width_px, frame.height_px)
            quality = assess(face.landmarks_px, poses[key], crop, *size, self.options.quality)
            expression = self._smoother.smooth(key, now_s, output, usable=quality.usable)
            states[key] = _FaceState(quality, expression, now_s)
        return states

    def _face(self, face: TrackedFace, pose: NDArray[np.float32], state: _FaceState) -> Face:
        return Face(
            track_id=face.track_id,
            box_xyxy_px=box_of_points(face.landmarks_px),
            landmarks_px=face.landmarks_px,
            presence=face.presence,
            pose=pose,
            vertical_fov_deg=self.options.vertical_fov_deg,
            quality=state.quality,
            expression=state.expression,
        )
