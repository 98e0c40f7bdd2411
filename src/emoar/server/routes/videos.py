"""`POST /v1/videos` creates a job that annotates a video; `/v1/videos/JOB` gives its state and results."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi import Path as Named
from starlette.responses import FileResponse, JSONResponse, Response

from emoar.media.containers import ACCEPTED, HEAD_BYTES, container_of
from emoar.media.formats import SCENE_FORMATS
from emoar.server.http.body import BodyLimits, media_type_of, read_chunks
from emoar.server.http.multipart import FormParser
from emoar.server.http.problems import Problem
from emoar.server.http.schemas import JobDocument, problem_responses
from emoar.server.jobs.job import RESULTS, Job, JobRequest
from emoar.server.jobs.jobs import storage_problem
from emoar.server.routes.parameters import (
    LabelSetQuery,
    MeasuresQuery,
    OverlaysQuery,
    ValenceQuery,
    check_max_faces,
    overlays_in,
)
from emoar.server.state import ServerState, state_of
from emoar.server.workers.request import check_label_set

__all__ = ["router"]

router: Final = APIRouter(tags=["videos"])
_LEAST_BYTES_PER_S: Final = 100_000  # lowest rate of an upload
_TYPES: Final = {"video": "video/mp4", **{f"scenes{row.suffixes[0]}": row.media_type for row in SCENE_FORMATS}}
_NOT_FOUND: Final = problem_responses({404: "No such job, or no longer."})
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
        **problem_responses(
            {
                400: "The body cannot be read.",
                408: "The body arrived too slowly.",
                413: "Too many bytes.",
                415: "No known media type.",
                422: "A wrong parameter, or an empty video.",
                429: "Too many jobs or requests.",
                503: "No room now.",
                507: "The server's disk is full.",
            }
        ),
    },
)
async def create(
    request: Request,
    overlays: OverlaysQuery = "label,quote",
    label_set: LabelSetQuery = None,
    max_faces: Annotated[int, Query(ge=1, le=1000)] = 4,
    landmarks: Annotated[bool, Query(description="put the landmarks into scenes.jsonl")] = False,
    measures: MeasuresQuery = False,
    valence: ValenceQuery = False,
) -> Response:
    """Send the video as the body or as a file of a form. The response has the job's address and its retention."""
    state = state_of(request)
    check_max_faces(max_faces, state.settings)
    check_label_set(label_set, state.settings.label_sets)
    options = JobRequest(overlays_in(overlays), label_set, max_faces, landmarks, measures, valence)
    job = state.jobs.begin(_key_id(request), request.scope["emoar.names"])
    try:
        await _store(request, state, job)
    except OSError as exc:
        await state.jobs.delete(job)
        raise storage_problem(exc) from exc
    except BaseException:
        await state.jobs.delete(job)
        raise
    state.jobs.run(job, options)
    headers = {"location": f"/v1/videos/{job.id}", **_NO_STORE}
    return JSONResponse(_document(state, job), 202, headers)


@router.get(
    "/v1/videos/{job_id}",
    summary="State and progress of a job",
    operation_id=_STATE,
    response_model=JobDocument,
    responses=_NOT_FOUND,
)
async def read(request: Request, job_id: str) -> Response:
    """State, progress, and the addresses of the results once it is done."""
    state = state_of(request)
    return JSONResponse(_document(state, state.jobs.find(job_id, _key_id(request))), headers=_NO_STORE)


@router.get(
    "/v1/videos/{job_id}/{result}",
    summary="A result of a job",
    operation_id=_RESULT,
    response_class=Response,
    responses={
        200: {"description": "The file.", "content": dict.fromkeys(_TYPES.values(), _BINARY)},
        **problem_responses({409: "The job is not done."}),
        **_NOT_FOUND,
    },
)
async def fetch(request: Request, job_id: str, result: Annotated[str, Named(json_schema_extra=_ENUM)]) -> Response:
    """`video` (H.264), `scenes.jsonl` (one scene a line) or `scenes.parquet` (one row a face)."""
    job = state_of(request).jobs.find(job_id, _key_id(request))
    if result not in RESULTS:
        raise Problem(404, "no-such-result", f"a job has {', '.join(RESULTS)}")
    if job.state != "done":
        raise Problem(409, "not-done", f"the job is {job.state}: wait until its state is done")
    if result not in job.results:
        raise Problem(404, "no-such-result", "this server does not write it (Parquet needs the extra data)")
    path = job.results[result]
    if not path.is_file():  # a program that cleans up has deleted it
        raise Problem(404, "no-such-result", "the result is no longer on the server: send the video again")
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
    jobs = state_of(request).jobs
    await jobs.delete(jobs.find(job_id, _key_id(request)))
    return Response(status_code=204)


def _check_container(path: Path) -> None:
    """Accepts only known containers: a playlist would make the decoder open other files.

    Raises:
        Problem: 415; the file is not such a container.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if container_of(head) is None:
        raise Problem(415, "not-a-video", f"this is not a supported video: send {ACCEPTED}")


async def _store(request: Request, state: ServerState, job: Job) -> None:
    """Writes the video to the job's folder while it is received.

    Raises:
        Problem: as for `read_chunks`; the body is no video, or an empty one.
    """
    settings, media_type = state.settings, media_type_of(request)
    is_form = media_type == "multipart/form-data"
    if not is_form and media_type not in ("", "application/octet-stream") and not media_type.startswith("video/"):
        raise Problem(415, "unknown-media-type", "send a video (video/mp4, ...) or multipart/form-data with a file")
    form = FormParser(request.headers["content-type"]) if is_form else None
    limits = BodyLimits(
        settings.max_video_bytes, "max_video_bytes", settings.upload_s, settings.stall_s, _LEAST_BYTES_PER_S
    )
    with job.source.open("wb") as file:
        async for chunk in read_chunks(request, limits):
            await asyncio.to_thread(file.write, chunk if form is None else _file_content(form, chunk))
    if form is not None:
        form.close()
    if job.source.stat().st_size == 0:
        raise Problem(422, "no-video", "there is no video in the request, or an empty one")
    _check_container(job.source)


def _file_content(form: FormParser, chunk: bytes) -> bytes:
    """The bytes of the form's only file in a chunk of its body.

    Raises:
        Problem: the form is malformed, or has several files.
    """
    content = b"".join(data for part, data in form.feed(chunk) if part.file_name is not None)
    if sum(part.file_name is not None for part in form.parts) > 1:
        raise Problem(422, "no-video", "the form must have one file")
    return content


def _key_id(request: Request) -> str | None:
    key = request.scope.get("emoar.key")
    return key.id if key is not None else None


def _document(state: ServerState, job: Job) -> dict[str, Any]:
    until, seconds = state.jobs.deleted_at(job), state.settings.job_ttl_s
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
            "rule": f"the video is deleted when the job ends; its results {seconds:g} s later, on DELETE, when "
            "there are too many, and when the server ends or starts again",
        },
    }
