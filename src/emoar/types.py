"""The data types of the pipeline: Frame -> Detection -> Face -> Scene. Pixels have x to the right and y down.

They are frozen and validated when made (`InputError`); their mappings are plain dictionaries, not to be changed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from emoar import scene_json
from emoar.arrays import black_picture, check_array
from emoar.errors import InputError
from emoar.face_landmarks import FIVE_LANDMARKS, LANDMARK_COUNT
from emoar.geometry import means_of_points, yaw_pitch_roll_deg
from emoar.labels import VALENCE_METHOD
from emoar.scene_json import SCHEMA, json_sets, read_array, read_number, read_sets, rounded, rounded_array, unicode_text

__all__ = ["LANDMARK_COUNT", "Detection", "Expression", "Face", "Frame", "Quality", "Scene"]


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture, (H, W, 3) RGB uint8, with the time at which it was captured."""

    image: NDArray[np.uint8]
    time_s: float = 0.0  # from the start of the source; a time before the previous frame's begins a new source
    index: int = 0  # from 0
    source: str = ""  # name of the file or device; characters that are no Unicode are replaced
    captured_at_s: float | None = None  # on the clock of time.monotonic(), of a live source; not in JSON documents

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", unicode_text(self.source))
        check_array("image", self.image, (None, None, 3), np.uint8)
        if min(self.image.shape[:2]) < 1:
            raise InputError(f"image must have at least one pixel, got shape {self.image.shape}")
        if not math.isfinite(self.time_s):
            raise InputError(f"time_s must be finite, got {self.time_s}")

    @property
    def width_px(self) -> int:
        """Number of columns."""
        return self.image.shape[1]

    @property
    def height_px(self) -> int:
        """Number of rows."""
        return self.image.shape[0]


@dataclass(frozen=True, eq=False)
class Detection:
    """The result of the detector for one face. Left and right are the person's own."""

    box_xyxy_px: NDArray[np.float32]  # (4,)
    keypoints_px: NDArray[np.float32]  # (6, 2): right eye, left eye, nose tip, mouth centre, right ear, left ear
    score: float  # 0..1
    reason: str = ""  # why a face that was found could not be read, such as "turned away"

    def __post_init__(self) -> None:
        check_array("box_xyxy_px", self.box_xyxy_px, (4,), np.float32)
        check_array("keypoints_px", self.keypoints_px, (6, 2), np.float32)


@dataclass(frozen=True)
class Quality:
    """Whether a face can be classified, and if not, why."""

    eye_distance_px: float  # between the outer eye corners, in the picture
    sharpness: float  # variance of the Laplacian over that of the aligned crop; below about 0.09 is blurred
    yaw_deg: float  # positive: the person turns to their left (our right)
    reasons: tuple[str, ...] = ()  # plain words such as "too small"; empty when the face is usable

    @property
    def usable(self) -> bool:
        """Whether there is no reason against classifying the expression."""
        return not self.reasons

    def to_dict(self) -> dict[str, Any]:
        """Its part of the JSON document (`emoar.scene_json`)."""
        numbers = {"eye_distance_px": rounded(self.eye_distance_px, 2), "sharpness": rounded(self.sharpness, 4)}
        return {"usable": self.usable, "reasons": list(self.reasons), **numbers, "yaw_deg": rounded(self.yaw_deg, 2)}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`."""
        numbers = (read_number(document[name]) for name in ("eye_distance_px", "sharpness", "yaw_deg"))
        return cls(*numbers, reasons=tuple(document["reasons"]))


@dataclass(frozen=True)
class Expression:
    """What a face looks like: decided probabilities in every label set of the model, a smoothed label of one set."""

    label_set: str  # of `label` and `probabilities`: ferplus or fer2013, with a user's own model a set of its training
    label: str  # a label of that set, or `labels.UNSURE`
    confidence: float  # the largest probability, 0..1: how often such a label is right; also when it is `unsure`
    by_label_set: Mapping[str, Mapping[str, float]]  # set -> label -> decided probability, in order, sums to 1
    since_s: float = 0.0  # time at which `label` began: the same label again later has another `since_s`
    raw_by_label_set: Mapping[str, Mapping[str, float]] | None = None
    # ^ of each head of the network in this frame, without smoothing and decision; None: not classified in it

    def __post_init__(self) -> None:
        if self.label_set not in self.by_label_set:
            raise InputError(f"label_set must be one of {', '.join(self.by_label_set)}, got {self.label_set!r}")

    @property
    def probabilities(self) -> Mapping[str, float]:
        """Decided probability by label, in the set of `label`; the largest is `confidence`."""
        return self.by_label_set[self.label_set]

    @property
    def raw_probabilities(self) -> Mapping[str, float] | None:
        """Probability by label of the head alone, in this frame alone, in the set of `label`; None: not classified."""
        return None if self.raw_by_label_set is None else self.raw_by_label_set[self.label_set]

    @property
    def ferplus(self) -> Mapping[str, float]:
        """Probability by label, in the order of `labels.FERPLUS`; empty when the model does not have this set."""
        return self.by_label_set.get("ferplus", {})

    @property
    def fer2013(self) -> Mapping[str, float]:
        """Probability by label, in the order of `labels.FER2013`; empty when the model does not have this set."""
        return self.by_label_set.get("fer2013", {})

    def to_dict(self) -> dict[str, Any]:
        """Its part of the JSON document (`emoar.scene_json`)."""
        numbers = {"confidence": rounded(self.confidence, 4), "since_s": rounded(self.since_s, 6)}
        return {"label_set": self.label_set, "label": self.label, **numbers, **json_sets(self.by_label_set)}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], raw: Mapping[str, Any] | None = None) -> Self:
        """The inverse of `to_dict`; `raw` is the face's part `raw_probabilities`."""
        sets = read_sets(document), read_number(document["since_s"]), read_sets(raw) if raw else None
        return cls(document["label_set"], document["label"], read_number(document["confidence"]), *sets)


@dataclass(frozen=True, eq=False)
class Face:
    """One face in one frame."""

    track_id: int  # from 1; the same person keeps it through motion, crossing and short loss
    box_xyxy_px: NDArray[np.float32]  # (4,), around the landmarks; may reach outside the picture
    landmarks_px: NDArray[np.float32]  # (468, 3); z has the scale of x and is negative towards the camera
    presence: float  # the mesh model's probability that this is a face, 0..1
    pose: NDArray[np.float32]  # (4, 4), head to camera, cm, right-handed, y up, camera faces -Z
    vertical_fov_deg: float  # the field of view that `pose` assumes
    quality: Quality
    expression: Expression
    measures: Mapping[str, float] | None = None  # by name of `labels.MEASURES`, 0..1; None: not asked for, or not sure
    valence: float | None = None  # `labels.valence` of the expression, -1..1; None: not asked for, or there is none

    def __post_init__(self) -> None:
        check_array("box_xyxy_px", self.box_xyxy_px, (4,), np.float32)
        check_array("landmarks_px", self.landmarks_px, (LANDMARK_COUNT, 3), np.float32)
        check_array("pose", self.pose, (4, 4), np.float32)

    @cached_property
    def yaw_pitch_roll_deg(self) -> tuple[float, float, float]:
        """Head rotation in degrees; the signs are those of `geometry.yaw_pitch_roll_deg`."""
        return yaw_pitch_roll_deg(self.pose[:3, :3])

    @cached_property
    def five_landmarks_px(self) -> dict[str, tuple[float, float]]:
        """(x, y) of the eyes, the tip of the nose and the corners of the mouth, by the names of `FIVE_LANDMARKS`."""
        return means_of_points(self.landmarks_px, FIVE_LANDMARKS)

    def to_dict(self, *, landmarks: bool = False) -> dict[str, Any]:
        """Its part of the JSON document (`emoar.scene_json`); the 468 landmarks are about 12 kB."""
        named = zip(("yaw_deg", "pitch_deg", "roll_deg"), self.yaw_pitch_roll_deg, strict=True)
        pose = {"matrix": rounded_array(self.pose, 5), "vertical_fov_deg": rounded(self.vertical_fov_deg, 3)}
        return {
            "track_id": self.track_id,
            "box_xyxy_px": rounded_array(self.box_xyxy_px, 2),
            "five_landmarks_px": {name: [rounded(v, 2) for v in xy] for name, xy in self.five_landmarks_px.items()},
            "presence": rounded(self.presence, 4),
            "pose": pose | {name: rounded(angle, 2) for name, angle in named},
            "quality": self.quality.to_dict(),
            "expression": self.expression.to_dict(),
            **({"raw_probabilities": json_sets(raw)} if (raw := self.expression.raw_by_label_set) else {}),
            **({} if self.measures is None else {"measures": {k: rounded(v, 4) for k, v in self.measures.items()}}),
            **({} if self.valence is None else {"valence": rounded(self.valence, 4), "valence_method": VALENCE_METHOD}),
            **({"landmarks_px": rounded_array(self.landmarks_px, 2)} if landmarks else {}),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict` with landmarks."""
        return cls(
            track_id=int(document["track_id"]),
            box_xyxy_px=read_array(document["box_xyxy_px"]),
            landmarks_px=read_array(document["landmarks_px"]),
            presence=read_number(document["presence"]),
            pose=read_array(document["pose"]["matrix"]),
            vertical_fov_deg=read_number(document["pose"]["vertical_fov_deg"]),
            quality=Quality.from_dict(document["quality"]),
            expression=Expression.from_dict(document["expression"], document.get("raw_probabilities")),
            measures=dict(document["measures"]) if "measures" in document else None,
            valence=document.get("valence"),
        )


@dataclass(frozen=True, eq=False)
class Scene:
    """A frame and the faces in it, by ascending track id."""

    frame: Frame
    faces: tuple[Face, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict[str, float])  # by stage
    faces_left_out: int = 0  # photo mode: faces that were found beyond the largest number, counted up to 80
    faces_unread: tuple[Detection, ...] = ()  # found, but not read, with the reason; not among `faces`

    def to_dict(self, *, landmarks: bool = False) -> dict[str, Any]:
        """The JSON document of the scene, which `emoar.scene_json` describes; the picture is not part of it."""
        return {
            "schema": SCHEMA,
            "source": self.frame.source,
            "frame_index": self.frame.index,
            "time_s": rounded(self.frame.time_s, 6),
            "width_px": self.frame.width_px,
            "height_px": self.frame.height_px,
            "faces": [face.to_dict(landmarks=landmarks) for face in self.faces],
            "faces_left_out": self.faces_left_out,
            "faces_unread": [scene_json.unread_document(face) for face in self.faces_unread],
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], image: NDArray[np.uint8] | None = None) -> Self:
        """The scene of a document with landmarks; its picture is black unless `image`, (H, W, 3) RGB, is given.

        Raises:
            InputError: another schema, or the landmarks or another field are missing.
        """
        if document.get("schema") != SCHEMA:
            raise InputError(f"schema must be {SCHEMA!r}, got {document.get('schema')!r}")
        try:
            image = black_picture(document["width_px"], document["height_px"]) if image is None else image
            frame = Frame(image, float(document["time_s"]), int(document["frame_index"]), str(document["source"]))
            unread = tuple(Detection(**scene_json.read_unread(face)) for face in document.get("faces_unread", ()))
            faces, left_out = map(Face.from_dict, document["faces"]), int(document.get("faces_left_out", 0))
            return cls(frame, tuple(faces), {}, left_out, unread)
        except KeyError as exc:
            raise InputError(f"scene has no {exc.args[0]!r}: write it with landmarks=True to read it back") from exc
