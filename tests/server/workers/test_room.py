"""Limits on what waits for the workers."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from emoar.server.http.problems import Problem
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings
from emoar.server.workers.room import Room


def refused(room: Room, client: str, megapixels: float) -> Problem | None:
    try:
        with room.held((client,), megapixels):
            return None
    except Problem as exc:
        return exc


def test_megapixels_in_the_queue_are_limited_and_one_picture_always_has_room() -> None:
    room = Room(Settings(max_queued_megapixels=10), Metrics())
    with room.held(("a",), 50.0):
        problem = refused(room, "b", 0.1)
        assert problem is not None
        assert (problem.status, problem.limit) == (503, "max_queued_megapixels")
    assert refused(room, "b", 0.1) is None
    assert room.pending == 0


def test_each_name_of_a_client_has_limits() -> None:
    room = Room(Settings(max_requests=4, max_requests_per_address=1), Metrics())
    with room.held(("address", "key 1"), 1.0):
        assert refused(room, "address", 1.0) is not None
        assert refused(room, "key 1", 1.0) is not None
        assert refused(room, "key 2", 1.0) is None


def test_a_client_has_a_part_of_the_places() -> None:
    room = Room(Settings(max_requests=4, max_requests_per_address=2), Metrics())
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(room.held(("a",), 1.0))
        problem = refused(room, "a", 1.0)
        assert problem is not None
        assert problem.limit == "max_requests_per_address"
        for _ in range(2):
            held.enter_context(room.held(("b",), 1.0))
        with pytest.raises(Problem) as caught:
            room.check()
        assert caught.value.limit == "max_requests"
    room.check()


def test_frames_take_no_place_of_pictures() -> None:
    room = Room(Settings(max_requests=1), Metrics())
    with room.counted(), room.counted():
        assert refused(room, "a", 1.0) is None
        assert room.pending == 2


def test_megapixels_are_the_unit_of_the_rate() -> None:
    room = Room(Settings(public=True, force=True, megapixels_per_s=0.001, max_pixels=10_000_000), Metrics())
    assert [refused(room, "a", 10.1) is None for _ in range(5)] == [True, True, True, False, False]
    problem = refused(room, "a", 10.1)
    assert problem is not None
    assert (problem.status, problem.limit) == (429, "megapixels_per_s")
    assert problem.retry_after_s is not None
    assert refused(room, "b", 10.1) is None  # another client
    assert Settings().megapixel_rate == 0.0
    assert Settings(public=True, force=True).megapixel_rate == 20.0
