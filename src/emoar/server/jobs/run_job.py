"""Runs the process of one video job and follows its messages."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from typing import Any, Final

from emoar.models.public import model_folder
from emoar.overlay.names import uses_measures
from emoar.server.jobs.job import RESULTS, SCENES, Job, JobRequest
from emoar.server.process_limits import memory_share_bytes
from emoar.server.sandbox.environment import child_environment
from emoar.server.settings import Settings

__all__ = ["run_job"]

_LOG: Final = logging.getLogger("emoar.server")
_MEMORY_BYTES: Final = 4 << 30


async def run_job(job: Job, request: JobRequest, settings: Settings) -> None:
    """Annotates the video of a job; its state, problem and results are set when this returns.

    Raises:
        OSError: the process cannot be started.
    """
    last: dict[str, Any] = {}
    command = [sys.executable, "-P", "-m", "emoar.server.jobs.job_process"]
    process = await create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=child_environment())
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(_task(job, request, settings)).encode())
        process.stdin.close()
        async for line in process.stdout:
            last = json.loads(line)
            job.update(last)
        await process.wait()
    except (TypeError, ValueError, AttributeError):  # no progress message: a decoder has run wild
        last = {}
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if "fault" in last:
        _LOG.error("a video job cannot write its results: %s", last["fault"])
    if last.get("state") not in ("done", "failed"):
        job.problem, last = "the process of the job ended early: the video may be damaged", {}
    files = {name: job.folder / file for name, file in RESULTS.items()}
    job.results = {name: path for name, path in files.items() if path.is_file()} if last else {}
    job.state = last.get("state", "failed")


def _task(job: Job, request: JobRequest, settings: Settings) -> dict[str, Any]:
    processes = settings.worker_count + settings.max_running_jobs
    return {
        "source": str(job.source),
        "folder": str(job.folder),
        "video": str(job.folder / RESULTS["video"]),
        "scenes": [str(job.folder / RESULTS[name]) for name in SCENES],
        "model": settings.model_argument,
        "personal": settings.personal_argument,
        "model_folder": str(model_folder(settings.model_folder).resolve()),
        "max_pixels": settings.max_pixels,
        "memory_bytes": memory_share_bytes(_MEMORY_BYTES, processes),
        "file_bytes": settings.max_result_bytes,
        "overlays": request.overlays,
        "label_set": request.label_set,
        "max_faces": request.max_faces,
        "landmarks": request.landmarks,
        "measures": request.measures or uses_measures(request.overlays),
        "valence": request.valence,
    }
