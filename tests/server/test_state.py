"""The state of a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from emoar.server.http.api_keys import Key
from emoar.server.http.problems import Problem
from emoar.server.settings import Settings
from emoar.server.state import client_of, new_state, state_of


def test_nothing_runs_before_the_start(tmp_path: Path) -> None:
    state = new_state(Settings(workers=2, job_folder=tmp_path / "jobs"))
    assert not state.pool.ready
    assert (state.pool.pending, state.sockets.total(), state.draining, state.failure) == (0, 0, False, None)
    assert not (tmp_path / "jobs").exists()


def test_the_state_of_a_request() -> None:
    app = Starlette()
    app.state.server = state = new_state(Settings())
    assert state_of(HTTPConnection({"type": "http", "app": app, "headers": []})) is state


def test_live_sockets_are_limited_for_all_and_for_each_client() -> None:
    state = new_state(Settings(max_sockets=3, max_sockets_per_client=2))
    with state.open_socket("a"), state.open_socket("a"):
        with pytest.raises(Problem) as caught, state.open_socket("a"):
            pass
        assert caught.value.limit == "max_sockets_per_client"
        with state.open_socket("b"):
            with pytest.raises(Problem) as caught, state.open_socket("c"):
                pass
            assert caught.value.limit == "max_sockets"
            assert state.sockets.total() == 3
    assert state.sockets == {}


@pytest.mark.parametrize(
    ("key", "address", "name"),
    [
        (None, ("192.0.2.1", 1), "address 192.0.2.1"),
        (None, None, "address "),
        (Key("k1", "phone", "", ""), ("192.0.2.1", 1), "key k1"),
    ],
)
def test_whose_limits_a_request_counts_against(key: Key | None, address: tuple[str, int] | None, name: str) -> None:
    connection = HTTPConnection({"type": "http", "headers": [], "client": address, "emoar.key": key})
    assert client_of(connection) == name
