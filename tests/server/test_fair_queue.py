"""A queue that is fair to clients."""

from __future__ import annotations

from emoar.server.fair_queue import FairQueue


def drained(queue: FairQueue[str]) -> str:
    return " ".join(iter(queue.take, None))


def test_one_client_is_served_in_order() -> None:
    queue = FairQueue[str]()
    for name in "abc":
        queue.put(name, "one", "", 1)
    assert (len(queue), drained(queue), len(queue), queue.take()) == (3, "a b c", 0, None)


def test_a_client_with_one_item_does_not_wait_for_all_of_another() -> None:
    queue = FairQueue[str]()
    for name in ("a1", "a2", "a3", "a4"):
        queue.put(name, "a", "", 1)
    assert queue.take() == "a1"
    queue.put("b1", "b", "", 1)
    queue.put("b2", "b", "", 1)
    assert drained(queue) == "b1 a2 b2 a3 a4"


def test_cost_counts_and_not_the_number_of_items() -> None:
    queue = FairQueue[str]()
    for name in ("A1", "A2"):
        queue.put(name, "a", "", 40)
    for name in ("b1", "b2", "b3"):
        queue.put(name, "b", "", 10)
    assert drained(queue) == "A1 b1 b2 b3 A2"


def test_streams_of_one_client_share_its_part() -> None:
    queue = FairQueue[str]()
    for number in range(1, 4):
        queue.put(f"still{number}", "a", "stills", 1)
    queue.put("frame", "a", "socket", 1)
    queue.put("other", "b", "socket", 1)
    assert drained(queue) == "still1 other frame still2 still3"


def test_idle_time_saves_nothing_up() -> None:
    queue = FairQueue[str]()
    for number in range(6):
        queue.put(f"a{number}", "a", "", 1)
    for _ in range(4):
        queue.take()
    for number in range(3):
        queue.put(f"b{number}", "b", "", 1)
    assert drained(queue) == "b0 b1 a4 b2 a5"


def test_a_pause_between_costly_items_gains_nothing() -> None:
    queue = FairQueue[str]()
    queue.put("A1", "a", "", 40)
    for name in ("b1", "b2", "b3"):
        queue.put(name, "b", "", 10)
    assert queue.take() == "A1"
    assert queue.take() == "b1"
    queue.put("A2", "a", "", 40)
    assert drained(queue) == "b2 b3 A2"


def test_only_what_fits_is_given() -> None:
    queue = FairQueue[str]()
    for name in ("left", "right"):
        queue.put(name, name, "", 1)
    assert queue.take(lambda item: item == "right") == "right"
    assert queue.take(lambda item: item == "right") is None
    assert len(queue) == 1


def test_what_is_in_service_counts() -> None:
    queue = FairQueue[str]()
    queue.put("a1", "a", "", 1)
    assert queue.take() == "a1"
    queue.put("a2", "a", "", 1)
    queue.put("b1", "b", "", 1)
    assert drained(queue) == "b1 a2"
    queue.put("a1", "a", "", 1)
    assert queue.take() == "a1"
    for item in ("a1", "a2", "b1"):
        queue.done(item)
    queue.put("a2", "a", "", 1)
    queue.put("b1", "b", "", 1)
    assert drained(queue) == "a2 b1"


def test_idle_clients_leave_nothing() -> None:
    queue = FairQueue[str]()
    queue.put("waits", "always", "", 1)
    for number in range(1000):
        queue.put("x", f"client {number}", "", 1)
        assert queue.take(lambda item: item == "x") == "x"
        queue.done("x")
        queue.put("y", "often", "", 1)
        queue.take(lambda item: item == "y")
        queue.done("y")
    queue.done("not here")
    queue.done("waits")
    assert (queue._used, queue._served_at, len(queue)) == ({}, {}, 0)


def test_many_short_visitors_of_a_busy_queue_leave_little() -> None:
    queue = FairQueue[str]()
    for number in range(1000):
        queue.put("y", "always", "", 1)
        queue.put(f"x{number}", f"client {number}", "", 1)
        for item in (queue.take(), queue.take()):
            queue.done(item or "")
    assert len(queue._used) < 10
