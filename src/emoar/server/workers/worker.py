"""A worker process: reads tasks from its standard input and writes results to its standard output, until input ends.

    python -P -m emoar.server.workers.worker MODEL MODEL_FOLDER MEMORY_BYTES [PERSONAL_HEAD]

Only workers decode clients' pictures. They can read the program and its models, and reach nothing else. When the server
ends, the input closes, and the worker ends, too.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any, Final

from emoar.errors import EmoarError
from emoar.server.http.problems import Problem
from emoar.server.process_limits import limit_process
from emoar.server.sandbox.sandbox import close_in
from emoar.server.workers.messages import read, send, take_pipes
from emoar.server.workers.request import request_from_dict

__all__ = ["main"]

_NICENESS: Final = 2  # below the process that speaks HTTP, whose refusals must stay quick
_NO_MEMORY: Final = Problem(422, "no-memory", "the picture does not fit into memory: scale it down")


def main() -> None:
    """Loads the models, sends `ready`, then processes task after task."""
    tasks, results = take_pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the process group; the server ends its workers itself
    model, folder, memory_bytes = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    personal = Path(sys.argv[4]) if len(sys.argv) > 4 else None
    limit_process(_NICENESS, memory_bytes, file_bytes=0)
    # before the first import that starts threads
    missing_walls = close_in(readable=[folder, Path(model), *([personal] if personal else [])])
    _quiet_opencv()
    from emoar.server.workers.inference import InferenceWorker

    try:
        worker = InferenceWorker(model, folder, personal)
    except EmoarError as exc:
        send(results, {"failed": str(exc)})
        return
    _warm_up(worker)
    send(results, {"ready": True, "missing_walls": missing_walls})
    while (message := read(tasks)) is not None:
        send(results, *_run(worker, *message))


def _run(worker: Any, task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the body of the result."""
    try:
        if task["do"] == "nothing":
            return {}, b""
        if task["do"] == "close_stream":
            worker.close_stream(task["stream"])
            return {}, b""
        request = request_from_dict(task["request"])
        if task["do"] == "frame":
            response = worker.frame(data, request, task["stream"], task["time_s"], task["index"])
        else:
            response = worker.image(data, request)
    except Problem as exc:
        return {"problem": {**exc.__dict__}}, b""
    except MemoryError:
        return {"problem": {**_NO_MEMORY.__dict__}}, b""
    except Exception as exc:  # a bug must fail one response, not the worker; its type and place are sent, no content
        return {"bug": f"{type(exc).__name__} in {_origin(exc)}"}, b""
    header = {"media_type": response.media_type, "faces": response.faces, "timings_ms": response.timings_ms}
    news = response.news
    if news is None:
        return header, response.body
    changes = {"began": news.began, "events": news.events, "landmark_bytes": len(news.landmarks)}
    return {**header, "news": changes}, response.body + news.landmarks


def _origin(exc: BaseException) -> str:
    """File and line where an error was raised: for the log, never for the client."""
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"


def _quiet_opencv() -> None:
    import cv2

    cv2.setNumThreads(1)  # there is a worker for each core
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # pyright: ignore


def _warm_up(worker: Any) -> None:
    """Processes one picture, so that the first request does not wait for what is created on first use."""
    import cv2
    import numpy as np

    from emoar.server.workers.request import ImageRequest

    grey = cv2.imencode(".jpg", np.full((64, 64, 3), 128, np.uint8))[1].tobytes()
    worker.image(grey, ImageRequest(overlays=("label", "quote")))


if __name__ == "__main__":
    main()
