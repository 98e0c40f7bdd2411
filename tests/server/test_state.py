"""The state of a server."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from emoar.server.settings import Settings
from emoar.server.state import new_state, state_of


def test_nothing_runs_before_the_start(tmp_path: Path) -> None:
    state = new_state(Settings(workers=2, job_folder=tmp_path / "jobs"))
    assert not state.pool.ready
    assert (state.pool.pending, state.sockets.total, state.draining, state.failure) == (0, 0, False, None)
    assert not (tmp_path / "jobs").exists()


def test_the_state_of_a_request() -> None:
    app = Starlette()
    app.state.server = state = new_state(Settings())
    assert state_of(HTTPConnection({"type": "http", "app": app, "headers": []})) is state
