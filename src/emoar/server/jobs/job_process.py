"""The process of one video job: its task as JSON on standard input, progress as lines of JSON on standard output.

It can read the program, its models and the job's folder, write into that folder, and reach nothing else.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any, Final, TextIO

from emoar.errors import EmoarError, OutputError
from emoar.server.process_limits import limit_process
from emoar.server.sandbox.sandbox import close_in

__all__ = ["main"]

_NICENESS: Final = 15


def main() -> None:
    """Reads the task from standard input, runs it, and writes the outcome to standard output."""
    task = json.loads(sys.stdin.read())
    out = os.fdopen(os.dup(1), "w", buffering=1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    limit_process(_NICENESS, task["memory_bytes"], task["file_bytes"])
    models = [Path(task[name]) for name in ("model_folder", "model", "personal") if task[name]]
    close_in(models, [Path(task["folder"])])
    from emoar.server.jobs.annotate_job import annotate_job  # now, because it loads libraries that start threads

    try:
        outcome = annotate_job(task, partial(_send, out))
    except OutputError as exc:
        _send(out, state="failed", **_cannot_write(exc, task["file_bytes"]))
    except EmoarError as exc:
        _send(out, state="failed", problem=_without_paths(str(exc), Path(task["source"])))
    except MemoryError:
        _send(out, state="failed", problem="the video does not fit into memory: scale it down")
    else:
        problem = f"the video {outcome.problem}" if outcome.problem else None
        faces = len(outcome.track_ids)
        _send(out, state="done", progress=1.0, frames=outcome.frame_count, faces=faces, problem=problem)


def _cannot_write(exc: OutputError, most_bytes: int) -> dict[str, str]:
    """The problem for the client, who cannot mend it and must not see a path, and the fault for the server's log."""
    cause: BaseException | None = exc
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__
    number = cause.errno if cause is not None else None
    fault = (cause.strerror if cause is not None else None) or "unknown"
    if number == errno.EFBIG:
        return {"problem": f"a result has more than {most_bytes} bytes (max_result_bytes): send a shorter video"}
    if number in (errno.ENOSPC, errno.EDQUOT):
        return {"problem": "the server has no room for the results now: try again later", "fault": fault}
    return {"problem": "the server cannot write the results now: try again later", "fault": fault}


def _without_paths(message: str, source: Path) -> str:
    """An error message of `annotate` for a client: without the remaining files and the server's folders."""
    for remains in ("; nothing was kept", "; kept "):
        message = message.partition(remains)[0]
    message = message.replace(str(source), "the video")
    return message.replace(f"{source.parent}{os.sep}", "").replace(str(source.parent), "its folder")


def _send(out: TextIO, **fields: Any) -> None:
    print(json.dumps(fields), file=out, flush=True)


if __name__ == "__main__":
    main()
