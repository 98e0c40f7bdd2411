"""The process that checks the updates of browsers: it has NumPy, which the process that speaks HTTP does not load.

    python -P -m emoar.server.federated.gateway_process FOLDER MEMORY_BYTES

It can read the program, write into the gateway's folder, and reach nothing else.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

from emoar.errors import EmoarError
from emoar.server.http.problems import Problem
from emoar.server.process_limits import limit_process
from emoar.server.sandbox.sandbox import close_in
from emoar.server.workers.messages import Message, read, send, take_pipes

__all__ = ["Desk", "main"]

_NICENESS: Final = 2  # below the process that speaks HTTP
_FILE_BYTES: Final = 50_000_000
_STATUS: Final = {"bad-json": 400, "wrong-update": 422}  # of a refused update, by its kind; of others 409


class Desk:
    """Answers the messages of the server about one folder.

    Args:
        folder: of `emoar federated gateway`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._round = ""
        self._counts: Counter[str] = Counter()  # accepted updates of the round, by the names of their clients

    def answer(self, task: dict[str, Any], body: bytes) -> Message:
        """The answer to one message; errors are in its header."""
        try:
            if task["do"] == "round":
                return {}, json.dumps(self._current()).encode()
            return {}, json.dumps(self._add(task["names"], task["limit"], body)).encode()
        except Problem as exc:
            return {"problem": {**exc.__dict__}}, b""
        except EmoarError as exc:  # a full disk, or a damaged file of the gateway
            return {"fault": str(exc)}, b""
        except Exception as exc:  # a bug must fail one response, not the process; no content is sent
            return {"bug": type(exc).__name__}, b""

    def _current(self) -> dict[str, Any]:
        from emoar.federated.gateway.browser_round import ROUND_SCHEMA, read_round
        from emoar.federated.gateway.tally import read_tally

        opened = read_round(self._folder)
        if opened is None:
            return {"schema": ROUND_SCHEMA, "takes_part": True, "open": None}
        received = read_tally(self._folder, opened).received
        return {"schema": ROUND_SCHEMA, "takes_part": True, "open": {**opened.to_dict(), "received": received}}

    def _add(self, names: list[str], limit: int, body: bytes) -> dict[str, Any]:
        from emoar.federated.gateway.browser_round import read_round
        from emoar.federated.gateway.tally import UpdateError, add_update

        opened = read_round(self._folder)
        if opened is not None and opened.round != self._round:
            self._round = opened.round
            self._counts.clear()
        if limit and any(self._counts[name] >= limit for name in names):
            detail = "there are as many updates of this address in this round as are allowed: wait for the next round"
            raise Problem(429, "too-many-updates", detail, "max_updates_per_address", limit, retry_after_s=600)
        try:
            received, at_least = add_update(self._folder, body)
        except UpdateError as exc:
            raise Problem(_STATUS.get(exc.kind, 409), exc.kind, str(exc)) from exc
        self._counts.update(names)
        return {"received": received, "at_least": at_least}


def main() -> None:
    """Answers message after message, until the server ends."""
    tasks, results = take_pipes()
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the process group; the server ends its processes itself
    folder, memory_bytes = Path(sys.argv[1]), int(sys.argv[2])
    os.umask(0o077)  # of the sum: a closed-in process may not change permissions later
    limit_process(_NICENESS, memory_bytes, _FILE_BYTES)
    missing_walls = close_in(writable=[folder])  # before NumPy starts threads
    desk = Desk(folder)
    desk.answer({"do": "round"}, b"")  # loads what the first request would wait for
    send(results, {"ready": True, "missing_walls": missing_walls})
    while (message := read(tasks)) is not None:
        send(results, *desk.answer(*message))


if __name__ == "__main__":
    main()
