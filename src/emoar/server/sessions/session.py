"""One recording of a live socket: its state and its file."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any, Final

from emoar.errors import OutputError
from emoar.server.http.problems import Problem
from emoar.session.marker import Marker
from emoar.session.session_file import SessionFile

__all__ = ["STATES", "Session"]

_LOG: Final = logging.getLogger("emoar.server")
STATES: Final = ("waiting", "recording", "stopped")  # for its socket; while it is open; afterwards


class Session:
    """The scenes of one live socket, with markers.

    Args:
        name: 128 random bits: whoever knows it (and uses the same API key) may mark, stop and read it.
        folder: its own.
        key_id: of the API key that started it.
        names: of the client whose limits it counts against, see `access.client_names`.
        purpose: what it is recorded for.
        max_bytes: largest size of its file.
        max_s: longest time.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        key_id: str | None,
        names: tuple[str, ...],
        purpose: str,
        max_bytes: int,
        max_s: float,
    ) -> None:
        self.id, self.folder, self.key_id, self.names = name, folder, key_id, names
        self._purpose, self._max_bytes, self._max_s = purpose, max_bytes, max_s
        self._sink: SessionFile | None = None
        self._early: list[Marker] = []  # from before the socket
        self.path = folder / "session.emoar"
        self.state = STATES[0]
        self.problem: str | None = None
        self.scenes = self.markers = 0
        self.began_s: float | None = None  # of the socket, on the monotonic clock
        self.touched_s = time.monotonic()  # its start, or its end

    def begin(self, model: str) -> None:
        """A socket opens: its scenes are recorded.

        Raises:
            Problem: 409; it has a socket, or had one.
            OutputError: the file cannot be written.
        """
        if self.state != "waiting":
            raise Problem(409, "session-in-use", f"this session is {self.state}: a session records one live socket")
        self._sink = SessionFile(self.path, source="live", model=model, purpose=self._purpose)
        self.began_s, self.state = time.monotonic(), "recording"
        for marker in self._early:
            self._sink.mark(marker)

    def write(self, body: bytes) -> None:
        """Records a scene, the JSON document that the socket sends. Does nothing once it is stopped."""
        sink, began_s = self._sink, self.began_s
        if self.state != "recording" or sink is None or began_s is None:
            return
        document: dict[str, Any] = json.loads(body)
        for face in document["faces"]:
            face.pop("landmarks_px", None)
        try:
            sink.write_document(document)
        except OutputError as exc:
            if self.state != "recording":  # stopped in the meantime
                return
            _LOG.error("a session cannot be recorded: %s", exc.__cause__)
            self.stop("the server could not write it any more; what was recorded before is there")
            return
        self.scenes = sink.scene_count
        if sink.size_bytes >= self._max_bytes:
            self.stop(f"it has reached its largest size, {self._max_bytes} bytes (max_session_bytes)")
        elif time.monotonic() - began_s >= self._max_s:
            self.stop(f"it has reached its longest time, {self._max_s:g} s (session_s)")

    def mark(self, name: str, time_s: float | None, end_s: float | None) -> Marker:
        """Adds a marker, at the present moment unless it has a time of the socket.

        Raises:
            InputError: the marker cannot be.
            Problem: 409; there is no moment before the socket is open, or the session is stopped.
        """
        Marker(name, 0.0)  # a wrong name is wrong in any state
        if self.state == "stopped":
            raise Problem(409, "session-stopped", "this session is stopped: no marker can be added")
        if time_s is None:
            if self.began_s is None:
                raise Problem(409, "session-waiting", "no live socket is open yet: give time_s, or mark later")
            time_s = time.monotonic() - self.began_s
        marker = Marker(name, round(time_s, 4), end_s)
        if self._sink is None:
            self._early.append(marker)
        else:
            try:
                self._sink.mark(marker)
            except OutputError as exc:
                raise Problem(507, "disk-full", "the server has no room for a marker now", retry_after_s=60) from exc
        self.markers += 1
        return marker

    def stop(self, problem: str | None = None) -> None:
        """Ends the recording; the file is complete. Stopping twice is harmless."""
        if self.state == "stopped":
            return
        self.state, self.problem, self.touched_s = "stopped", problem, time.monotonic()
        if self._sink is not None:
            self._sink.close()
