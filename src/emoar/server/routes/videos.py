"""`POST /v1/videos`: a video in, a job that can be followed, cancelled and fetched."""

from __future__ import annotations

import asyncio
import mmap
import os
import time
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi import Path as Named
from starlette.responses import FileResponse, JSONResponse, Response

from emoar.media.formats import SCENE_FORMATS
from emoar.server.http.body import chunks, media_type_of
from emoar.server.http.multipart import boundary_of, parse_parts
from emoar.server.http.problems import Problem
from emoar.server.http.schemas import JobDocument, problems
from emoar.server.jobs.jobs import RESULTS, Job, JobRequest
from emoar.server.routes.expressions import OVERLAY_PATTERN, overlays_in
from emoar.server.state import Service, service_of
from emoar.server.workers.request import check_labels

__all__ = ["router"]

router: Final = APIRouter()
_LEAST_BYTES_PER_S: Final = 100_000  # a video may take as long to come in as it takes at this rate
_TYPES: Final = {"video": "video/mp4", **{f"scenes{row.suffixes[0]}": row.media_type for row in SCENE_FORMATS}}
_HEAD_BYTES: Final = 16
_CONTAINERS: Final = (  # where and what: MP4 and MOV, Matroska and WebM, AVI, Ogg, FLV, MPEG program and transport
    *((4, kind) for kind in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")),
    (0, b"\x1a\x45\xdf\xa3"),
    (8, b"AVI "),
    (0, b"OggS"),
    (0, b"FLV\x01"),
    (0, b"\x00\x00\x01\xba"),
    (0, b"\x47\x40"),
)
_NOT_FOUND: Final = problems({404: "No such job, or no more."})
_STATE, _RESULT, _DELETE = "video_state", "video_result", "video_delete"  # names of the operations
_LINKS: Final = {
    name: {"operationId": name, "parameters": {"job_id": "$response.body#/id"}} for name in (_STATE, _RESULT, _DELETE)
}
_ENUM: Final[dict[str, Any]] = {"enum": list(RESULTS)}
_NO_STORE: Final = {"cache-control": "no-store"}
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_FORM: Final = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}},
    }
}
_BODY: Final = {"required": True, "content": {"video/mp4": _BINARY, "multipart/form-data": _FORM}}


@router.post(
    "/v1/videos",
    status_code=202,
    summary="Annotate a video",
    response_model=JobDocument,
    openapi_extra={"requestBody": _BODY},
    responses={
        202: {"links": _LINKS},
        **problems(
            {
                400: "The body cannot be read.",
                408: "The body came too slowly.",
                413: "Too many bytes.",
                415: "No known media type.",
                422: "A wrong parameter, or an empty video.",
                429: "Too many jobs or requests.",
                503: "No room now.",
            }
        ),
    },
)
async def create(
    request: Request,
    overlay: Annotated[
        str, Query(max_length=100, pattern=OVERLAY_PATTERN, description="what to draw, as for pictures")
    ] = "label,quote",
    labels: Annotated[str | None, Query(max_length=40, description="label set: ferplus or fer2013")] = None,
    max_faces: Annotated[int, Query(ge=1, le=1000)] = 4,
    landmarks: Annotated[bool, Query(description="put the landmarks into scenes.jsonl")] = False,
) -> Response:
    """Send the video as the body or as a file of a form. The answer says where to look, and until when it is kept."""
    service = service_of(request)
    if max_faces > service.settings.max_faces:
        limit = service.settings.max_faces
        raise Problem(422, "too-many-faces", f"max_faces may be at most {limit}", "max_faces", limit)
    check_labels(labels, service.settings.model)
    order = JobRequest(overlays_in(overlay), labels, max_faces, landmarks)
    job = service.jobs.begin(_key_id(request))
    try:
        await _store(request, service, job)
    except BaseException:
        await service.jobs.delete(job)
        raise
    service.jobs.run(job, order)
    headers = {"location": f"/v1/videos/{job.id}", **_NO_STORE}
    return JSONResponse(_document(service, job), 202, headers)


@router.get(
    "/v1/videos/{job_id}",
    summary="How far a job is",
    operation_id=_STATE,
    response_model=JobDocument,
    responses=_NOT_FOUND,
)
async def read(request: Request, job_id: str) -> Response:
    """State, progress, and where the results are once it is done."""
    service = service_of(request)
    return JSONResponse(_document(service, service.jobs.find(job_id, _key_id(request))), headers=_NO_STORE)


@router.get(
    "/v1/videos/{job_id}/{result}",
    summary="A result of a job",
    operation_id=_RESULT,
    response_class=Response,
    responses={
        200: {"description": "The file.", "content": dict.fromkeys(_TYPES.values(), _BINARY)},
        **problems({409: "The job is not done."}),
        **_NOT_FOUND,
    },
)
async def fetch(request: Request, job_id: str, result: Annotated[str, Named(json_schema_extra=_ENUM)]) -> Response:
    """`video` (H.264), `scenes.jsonl` (one scene a line) or `scenes.parquet` (one row a face)."""
    job = service_of(request).jobs.find(job_id, _key_id(request))
    if result not in RESULTS:
        raise Problem(404, "no-such-result", f"a job has {', '.join(RESULTS)}")
    if job.state != "done":
        raise Problem(409, "not-done", f"the job is {job.state}: ask for its state first")
    if result not in job.results:
        raise Problem(404, "no-such-result", "this server does not write it (Parquet needs the extra data)")
    path = job.results[result]
    return FileResponse(path, media_type=_TYPES[result], filename=path.name, headers=_NO_STORE)


@router.delete(
    "/v1/videos/{job_id}",
    status_code=204,
    summary="Cancel a job and delete its files",
    operation_id=_DELETE,
    responses=_NOT_FOUND,
)
async def delete(request: Request, job_id: str) -> Response:
    """At once, whatever its state."""
    jobs = service_of(request).jobs
    await jobs.delete(jobs.find(job_id, _key_id(request)))
    return Response(status_code=204)


def _check_kind(path: Path) -> None:
    """Only containers that hold pictures themselves: a playlist would make the decoder open what it names."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not any(head[at : at + len(magic)] == magic for at, magic in _CONTAINERS):
        raise Problem(415, "not-a-video", "this is no video that is taken: send MP4, MOV, MKV, WebM, AVI or MPEG")


async def _store(request: Request, service: Service, job: Job) -> None:
    """Writes the video to the job's folder as it comes in."""
    settings, media_type = service.settings, media_type_of(request)
    form = media_type == "multipart/form-data"
    if not form and media_type not in ("", "application/octet-stream") and not media_type.startswith("video/"):
        raise Problem(415, "unknown-media-type", "send a video (video/mp4, ...) or multipart/form-data with a file")
    boundary = boundary_of(request.headers["content-type"]) if form else b""
    seconds = settings.upload_s + settings.max_video_bytes / _LEAST_BYTES_PER_S
    target = job.folder / "upload" if form else job.source
    with target.open("wb") as file:
        async for piece in chunks(request, settings.max_video_bytes, "max_video_bytes", settings, seconds):
            await asyncio.to_thread(file.write, piece)
    if target.stat().st_size == 0:
        raise Problem(422, "no-video", "there is no video in the request")
    if form:
        await asyncio.to_thread(_unpack, target, boundary, job.source)
    _check_kind(job.source)


def _unpack(upload: Path, boundary: bytes, target: Path) -> None:
    """Moves the file of a form to where a bare video would be."""
    with upload.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
        parts = [part for part in parse_parts(body, boundary) if part.file_name is not None]
        if len(parts) != 1 or parts[0].end == parts[0].start:
            raise Problem(422, "no-video", "the form must have one file, which is not empty")
        with target.open("wb") as out:
            offset, end = parts[0].start, parts[0].end
            while offset < end:
                offset += os.sendfile(out.fileno(), file.fileno(), offset, end - offset)
    upload.unlink()


def _key_id(request: Request) -> str | None:
    key = request.scope.get("emoar.key")
    return key.id if key is not None else None


def _document(service: Service, job: Job) -> dict[str, Any]:
    until, seconds = service.jobs.deleted_at(job), service.settings.job_ttl_s
    return {
        "id": job.id,
        "state": job.state,
        "progress": job.progress,
        "frames": job.frames,
        "faces": job.faces,
        "problem": job.problem,
        "results": {name: f"/v1/videos/{job.id}/{name}" for name in job.results},
        "retention": {
            "deleted_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(until)) if until else None,
            "seconds": seconds,
            "rule": f"the video is deleted when the job ends; its results {seconds:g} s later, on DELETE, and when "
            "the server ends or starts again",
        },
    }
