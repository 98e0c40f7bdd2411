"""A worker as a process: what it reads and writes."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import asdict
from typing import Any

import pytest

from emoar.models.public import model_folder
from emoar.server.http.problems import Problem
from emoar.server.workers.messages import Message, pack, read
from emoar.server.workers.request import ImageRequest, ImageResponse
from emoar.server.workers.worker import _run


class FakeInference:
    """In the place of the models: raises an error, or returns the task."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.closed = error, list[str]()

    def image(self, data: bytes, request: ImageRequest) -> ImageResponse:
        if self.error is not None:
            raise self.error
        return ImageResponse(data, f"image {request.max_faces}", 2, {"detect": 1.5})

    def frame(self, data: bytes, request: ImageRequest, stream: str, time_s: float, index: int) -> ImageResponse:
        return ImageResponse(data, f"frame {stream} {time_s} {index}", 0, {})

    def close_stream(self, stream: str) -> None:
        self.closed.append(stream)


REQUEST = asdict(ImageRequest(max_faces=3))
FRAME = {"do": "frame", "request": REQUEST, "stream": "s", "time_s": 0.5, "index": 7}


@pytest.mark.parametrize(
    ("task", "media_type"), [({"do": "image", "request": REQUEST}, "image 3"), (FRAME, "frame s 0.5 7")]
)
def test_tasks(task: dict[str, Any], media_type: str) -> None:
    header, body = _run(FakeInference(), task, b"data")
    assert (header["media_type"], body) == (media_type, b"data")
    assert set(header) == {"media_type", "faces", "timings_ms"}


def test_a_worker_that_is_only_asked_whether_it_answers() -> None:
    assert _run(FakeInference(), {"do": "nothing"}, b"") == ({}, b"")


def test_a_closed_stream() -> None:
    worker = FakeInference()
    assert _run(worker, {"do": "close_stream", "stream": "s"}, b"") == ({}, b"")
    assert worker.closed == ["s"]


def test_a_problem_is_sent_and_rebuilt() -> None:
    problem = Problem(422, "too-many-pixels", "no", "max_pixels", 5)
    header, body = _run(FakeInference(problem), {"do": "image", "request": REQUEST}, b"")
    assert body == b""
    assert Problem(**header["problem"]).as_dict() == problem.as_dict()


def test_a_picture_that_does_not_fit_into_memory_is_no_bug() -> None:
    header, _ = _run(FakeInference(MemoryError()), {"do": "image", "request": REQUEST}, b"")
    assert (header["problem"]["status"], header["problem"]["kind"]) == (422, "no-memory")


def test_a_bug_is_sent_without_content() -> None:
    header, _ = _run(FakeInference(KeyError("secret")), {"do": "image", "request": REQUEST}, b"")
    assert header["bug"].startswith("KeyError in test_worker.py:")
    assert "secret" not in header["bug"]


def messages_of(*arguments: str, tasks: bytes = b"") -> list[Message]:
    limits = [str(model_folder()), str(3 << 30)]
    command = [sys.executable, "-P", "-m", "emoar.server.workers.worker", *arguments, *limits]
    done = subprocess.run(command, input=tasks, capture_output=True, check=True)
    assert done.stderr == b""
    stream = io.BytesIO(done.stdout)
    return list(iter(lambda: read(stream), None))  # type: ignore[arg-type]


def test_a_process_from_ready_to_the_end_of_its_input(jpeg: bytes) -> None:
    tasks = [({"do": "image", "request": REQUEST}, jpeg), ({"do": "image", "request": REQUEST}, b"text")]
    ready, good, bad = messages_of("emoar-m", tasks=b"".join(bytes(p) for task in tasks for p in pack(*task)))
    assert ready[0]["ready"] is True
    assert good[0]["faces"] == 1
    assert bad[0]["problem"]["status"] == 415


def test_a_process_without_its_models() -> None:
    ((failed, _),) = messages_of("emoar-xxl")
    assert "emoar-xxl" in failed["failed"]
