"""The documents of the API, as `/openapi.json` describes them. Workers write them; the server does not parse them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from emoar.scene_json import SCHEMA

__all__ = [
    "JobDocument",
    "MarkerDocument",
    "PicturesDocument",
    "ProblemDocument",
    "PublishedSceneDocument",
    "SceneDocument",
    "SessionDocument",
    "StateDocument",
    "problem_responses",
    "scene_schema",
]

Point = Annotated[list[float | None], Field(min_length=2, max_length=2)]
Point3 = Annotated[list[float | None], Field(min_length=3, max_length=3)]
Row = Annotated[list[float | None], Field(min_length=4, max_length=4)]


class Document(BaseModel):
    """A JSON object."""

    model_config = ConfigDict(extra="allow")


class ModelDocument(Document):
    """The expression model."""

    name: str
    version: str = Field(description="of EmoAR, whose models are pinned by hash")


class Pose(Document):
    """Position and rotation of the head."""

    matrix: list[Row] | None = Field(description="4 x 4, head to camera, cm, rows; y up, the camera points along -Z")
    vertical_fov_deg: float | None
    yaw_deg: float | None
    pitch_deg: float | None
    roll_deg: float | None


class QualityDocument(Document):
    """Whether the face is good enough for the expression model."""

    usable: bool
    reasons: list[str] = Field(description="why it is not usable, in plain words; empty when it is")
    eye_distance_px: float | None
    sharpness: float | None
    yaw_deg: float | None


class ExpressionDocument(Document):
    """The expression that the face shows, not a feeling. Each label set of the model by its name."""

    label_set: str
    label: str = Field(description='a label of the set, or "unsure"')
    confidence: float | None = Field(description="how often such a label is right, 0..1: the largest probability")
    since_s: float | None
    ferplus: dict[str, float | None] | None = Field(None, description="decided probability by label, sums to 1")
    fer2013: dict[str, float | None] | None = Field(None, description="decided probability by label, sums to 1")


class FaceDocument(Document):
    """One face."""

    track_id: int = Field(description="from 1; on a live socket a face keeps its id")
    box_xyxy_px: Row
    five_landmarks_px: dict[str, Point] = Field(description="right_eye, left_eye, nose_tip, mouth_right, mouth_left")
    presence: float | None
    pose: Pose
    quality: QualityDocument
    expression: ExpressionDocument
    raw_probabilities: dict[str, dict[str, float | None]] | None = Field(
        None,
        description="of the heads in this frame, before smoothing and decision, by label set; null: not classified",
    )
    measures: dict[str, float] | None = Field(None, description="movement from rest by name, 0..1, on request")
    valence: float | None = Field(None, description="-1..1, derived from the expression, on request")
    valence_method: str | None = Field(None, description="the formula of the valence")
    landmarks_px: list[Point3] | None = Field(None, description="468 points, on request")


class UnreadFaceDocument(Document):
    """A face that was found, but not read: it is not among `faces`."""

    box_xyxy_px: Row
    keypoints_px: list[Point] = Field(description="right eye, left eye, nose tip, mouth, right ear, left ear")
    score: float | None = Field(description="of the detector, 0..1")
    reason: str = Field(description='"turned away", "covered", "cut off by the edge" or "too small"')


class AnnotatedPicture(Document):
    """The drawn picture."""

    media_type: str
    data: str = Field(description="base64")


class PublishedSceneDocument(Document):
    """A frame and the faces in it. Pixels have x right and y down."""

    schema_: str = Field(alias="schema", description="emoar.scene/1")
    source: str = Field(description="name of the file, as the client calls it; of a live socket its id")
    frame_index: int
    time_s: float
    width_px: int
    height_px: int
    faces: list[FaceDocument]
    faces_left_out: int = Field(0, description="faces that photo mode found beyond max_faces, counted up to 80")
    faces_unread: list[UnreadFaceDocument] = Field([], description="faces that were found, but not read")


class SceneDocument(PublishedSceneDocument):
    """One picture and the faces in it. Pixels have x right and y down."""

    model: ModelDocument
    annotated: AnnotatedPicture | None = None


def scene_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scene."""
    described = PublishedSceneDocument.model_json_schema(by_alias=True)
    fixed = {"schema": {"const": SCHEMA}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **described,
        "title": SCHEMA,
        "properties": {**described["properties"], **fixed},
    }


class ProblemDocument(Document):
    """An error (RFC 9457)."""

    type: str = Field(description="urn:emoar:problem:KIND, for programs")
    title: str
    status: int
    detail: str = Field(description="for people: what was found and what to do next")
    limit: str | None = Field(None, description="the setting that was exceeded")
    value: float | None = Field(None, description="its value")
    retry_after_s: int | None = None


def problem_responses(texts: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """FastAPI's argument `responses` for a route's problem documents; `texts` are their descriptions by status."""
    return {status: {"model": ProblemDocument, "description": text} for status, text in texts.items()}


class PicturesDocument(Document):
    """Several pictures of one request, in their order; a bad one does not affect the others."""

    pictures: list[SceneDocument | ProblemDocument]


class StateDocument(Document):
    """The state of the server."""

    status: str


class Retention(Document):
    """When the files of a job or session are deleted."""

    deleted_at: str | None = Field(description="UTC; null while it runs")
    seconds: float = Field(description="from its end")
    rule: str


class JobDocument(Document):
    """A video job."""

    id: str
    state: str = Field(description="queued, running, done, failed or cancelled")
    progress: float = Field(ge=0, le=1)
    frames: int
    faces: int = Field(description="different tracked faces")
    problem: str | None = Field(description="why it failed, or what is wrong with the video")
    results: dict[str, str] = Field(description="address of each result: video, scenes.jsonl, scenes.parquet")
    retention: Retention


class SessionDocument(Document):
    """A recording of a live socket."""

    id: str
    state: str = Field(description="waiting (for its socket), recording or stopped")
    scenes: int
    markers: int
    problem: str | None = Field(description="why it was stopped, if the client did not do it")
    live: str = Field(description="address of the live socket that it records")
    file: str | None = Field(description="address of the recording, once it is stopped")
    retention: Retention


class MarkerDocument(Document):
    """A moment of a session."""

    schema_: str = Field(alias="schema", description="emoar.marker/1")
    name: str
    time_s: float = Field(description="since the socket was opened")
    end_s: float | None = Field(None, description="end of the segment; without it, the next marker")


class RoundDocument(Document):
    """What browsers that take part in federated learning may improve now."""

    schema_: str = Field(alias="schema", description="emoar.federated-round/1")
    takes_part: bool = Field(description="whether this server takes updates at all")
    open: dict[str, Any] | None = Field(description="the open round, docs/federated.md; null while none is open")


class ReceivedDocument(Document):
    """How far a round is."""

    received: int = Field(description="updates of this round")
    at_least: int = Field(description="with as many, the round is complete")
