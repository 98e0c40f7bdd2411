"""MediaPipe as seen from a benchmark: a process that is kept alive and works only when it is asked."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks._environments import mediapipe_bundle, mediapipe_python
from emoar.types import Frame

__all__ = ["Peer", "open_peer"]


def open_peer() -> Peer | None:
    """MediaPipe, if it and its bundle are there; otherwise None, after a line that gives the reason."""
    bundle = mediapipe_bundle()
    python = mediapipe_python() if bundle else None
    return Peer(python, bundle) if python and bundle else None


class Peer:
    """One process of MediaPipe. It has the cores of the process that starts it."""

    def __init__(self, python: Path, bundle: Path) -> None:
        self._bundle = bundle
        script = Path(__file__).with_name("_mediapipe_peer.py")
        self._process = subprocess.Popen(
            [python, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def open(self, name: str, frames: Sequence[Frame], faces: int) -> str:
        """A landmarker for so many faces, and its pictures. Returns MediaPipe's version."""
        height, width = frames[0].image.shape[:2]
        request = {"kind": "open", "name": name, "bundle": str(self._bundle), "faces": faces}
        request |= {"count": len(frames), "height": height, "width": width}
        return str(self._send(request, b"".join(frame.image.tobytes() for frame in frames))["version"])

    def run(self, name: str, indices: Sequence[int], step_ms: int = 33) -> tuple[list[float], list[int]]:
        """Milliseconds and faces found of each picture, by position, in VIDEO mode with times that go on."""
        answer = self._send({"kind": "run", "name": name, "indices": list(indices), "step_ms": step_ms})
        return answer["times_ms"], answer["faces"]

    def rss_mb(self) -> float:
        """Memory of the process, in units of 10^6 bytes."""
        return self._send({"kind": "memory"})["rss_bytes"] / 1e6

    def close(self) -> None:
        """Ends the process."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _send(self, request: dict[str, Any], payload: bytes = b"") -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n" + payload)
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"MediaPipe ended with exit code {self._process.wait()}; remove .envs and run again")
        return json.loads(answer)
