"""The documents of the interface, as `/openapi.json` describes them. Workers write them; nothing is parsed by these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["JobDocument", "PicturesDocument", "ProblemDocument", "SceneDocument", "StateDocument", "problems"]

Point = Annotated[list[float | None], Field(min_length=2, max_length=2)]
Point3 = Annotated[list[float | None], Field(min_length=3, max_length=3)]
Row = Annotated[list[float | None], Field(min_length=4, max_length=4)]


class Document(BaseModel):
    """A JSON object."""

    model_config = ConfigDict(extra="allow")


class ModelDocument(Document):
    """The expression model that judged."""

    name: str
    version: str = Field(description="of EmoAR, whose models are pinned by hash")


class Pose(Document):
    """Where the head is and how it is turned."""

    matrix: list[Row] | None = Field(description="4 x 4, head to camera, cm, rows; y up, camera looks down -Z")
    vertical_fov_deg: float | None
    yaw_deg: float | None
    pitch_deg: float | None
    roll_deg: float | None


class QualityDocument(Document):
    """Whether the face can be judged."""

    usable: bool
    reasons: list[str] = Field(description="why not, in plain words; empty when it can be judged")
    eye_distance_px: float | None
    sharpness: float | None
    yaw_deg: float | None


class ExpressionDocument(Document):
    """What the face looks like; never what somebody feels. Each label set of the model by its name."""

    label_set: str
    label: str = Field(description='a label of the set, or "unsure"')
    confidence: float | None = Field(description="probability of the most likely label, 0..1")
    since_s: float | None
    ferplus: dict[str, float | None] | None = Field(None, description="probability by label, sums to 1")
    fer2013: dict[str, float | None] | None = Field(None, description="probability by label, sums to 1")


class FaceDocument(Document):
    """One face."""

    track_id: int = Field(description="from 1; on a live socket the same person keeps it")
    box_xyxy_px: Row
    five_landmarks_px: dict[str, Point] = Field(description="right_eye, left_eye, nose_tip, mouth_right, mouth_left")
    presence: float | None
    pose: Pose
    quality: QualityDocument
    expression: ExpressionDocument
    landmarks_px: list[Point3] | None = Field(None, description="468 points, on request")


class Annotated_(Document):  # noqa: N801  (Annotated is typing's)
    """The drawn picture."""

    media_type: str
    data: str = Field(description="base64")


class SceneDocument(Document):
    """One picture and the faces in it. Pixels have x right and y down."""

    schema_: str = Field(alias="schema", description="emoar.scene/1")
    source: str = Field(description="name of the file, as the client calls it")
    frame_index: int
    time_s: float
    width_px: int
    height_px: int
    faces: list[FaceDocument]
    model: ModelDocument
    annotated: Annotated_ | None = None


class ProblemDocument(Document):
    """What is wrong (RFC 9457)."""

    type: str = Field(description="urn:emoar:problem:KIND, for programs")
    title: str
    status: int
    detail: str = Field(description="for people: what was found and what to do next")
    limit: str | None = Field(None, description="the setting that was exceeded")
    value: float | None = Field(None, description="its value")
    retry_after_s: int | None = None


def problems(words: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """What FastAPI is told of the answers of a route that are problem documents: by status, what each says."""
    return {status: {"model": ProblemDocument, "description": text} for status, text in words.items()}


class PicturesDocument(Document):
    """Several pictures of one request, in their order; a bad one does not spoil the others."""

    pictures: list[SceneDocument | ProblemDocument]


class StateDocument(Document):
    """Whether the server can work."""

    status: str


class Retention(Document):
    """How long the files of a job are kept."""

    deleted_at: str | None = Field(description="UTC; null while the job runs")
    seconds: float = Field(description="from the end of the job")
    rule: str


class JobDocument(Document):
    """A video job."""

    id: str
    state: str = Field(description="queued, running, done, failed or cancelled")
    progress: float = Field(ge=0, le=1)
    frames: int
    faces: int = Field(description="different people that were followed")
    problem: str | None = Field(description="why it failed, or what was wrong with the video")
    results: dict[str, str] = Field(description="address of each result: video, scenes.jsonl, scenes.parquet")
    retention: Retention
