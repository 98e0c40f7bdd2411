"""LSL within this machine: without multicast, and unseen by other runs of the tests."""

from __future__ import annotations

import os
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


def inlet_of(source_id: str) -> Any:
    """An inlet of the stream with this source id, which is connected."""
    pylsl = pylsl_or_skip()
    (info, *_) = pylsl.resolve_byprop("source_id", source_id, timeout=WAIT_S)
    inlet = pylsl.StreamInlet(info)
    inlet.open_stream(WAIT_S)
    return inlet
