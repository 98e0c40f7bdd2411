"""A worker process: reads jobs from its standard input, writes answers to its standard output, until that ends.

    python -m emoar.server.workers.worker MODEL [MODEL_FOLDER]

It is the only process that opens what strangers send. When its server is gone, so is its input, and it ends.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

from emoar.errors import EmoarError
from emoar.server.http.problems import Problem
from emoar.server.workers.messages import pack, read
from emoar.server.workers.request import request_from_dict

__all__ = ["main"]

_MEMORY_BYTES: Final = 3 << 30  # private memory: 40 MP take 120 MB as RGB, decoders and drawing a few times that
_NICENESS: Final = 2  # the process that speaks HTTP goes first: saying no must stay quick


def main() -> None:
    """Loads the models, says `ready`, then answers job after job."""
    jobs, answers = _own_pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the server ends its workers itself
    _limit_itself()
    from emoar.server.workers.inference import InferenceWorker

    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    try:
        recogniser = InferenceWorker(sys.argv[1], folder)
    except EmoarError as exc:
        _say(answers, {"failed": str(exc)})
        return
    _warm_up(recogniser)
    _say(answers, {"ready": True})
    while (message := read(jobs)) is not None:
        _say(answers, *_do(recogniser, *message))


def _do(recogniser: Any, job: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the body of the answer."""
    try:
        if job["do"] == "end":
            recogniser.end(job["stream"])
            return {}, b""
        look = request_from_dict(job["look"])
        if job["do"] == "frame":
            answer = recogniser.frame(data, look, job["stream"], job["time_s"], job["index"])
        else:
            answer = recogniser.still(data, look)
    except Problem as exc:
        return {"problem": {**exc.__dict__}}, b""
    except Exception as exc:  # a bug must cost one answer, not the worker; its name alone is told, no content
        return {"bug": f"{type(exc).__name__} in {_place(exc)}"}, b""
    return {"media_type": answer.media_type, "faces": answer.faces, "timings_ms": answer.timings_ms}, answer.body


def _place(exc: BaseException) -> str:
    """File and line where an error was raised: for the log, never for the client."""
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"


def _say(answers: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    head, body_ = pack(header, body)
    answers.write(head)
    answers.write(body_)
    answers.flush()


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for messages alone: what else is printed goes to standard error or nowhere."""
    jobs, answers = os.fdopen(os.dup(0), "rb", 1 << 20), os.fdopen(os.dup(1), "wb", 1 << 20)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    if "EMOAR_WORKER_STDERR" not in os.environ:
        os.dup2(nowhere, 2)  # native libraries greet there
    return jobs, answers


def _limit_itself() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):  # Windows has none of these
        os.nice(_NICENESS)
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold pictures
    import cv2

    cv2.setNumThreads(1)  # there is a worker for each core
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # pyright: ignore


def _warm_up(recogniser: Any) -> None:
    """The first picture would wait for what is made when first used."""
    import cv2
    import numpy as np

    from emoar.server.workers.request import ImageRequest

    grey = cv2.imencode(".jpg", np.full((64, 64, 3), 128, np.uint8))[1].tobytes()
    recogniser.still(grey, ImageRequest(overlays=("label", "quote")))


if __name__ == "__main__":
    main()
