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


def test_discarded_items_and_idle_clients_leave_nothing() -> None:
    queue = FairQueue[str]()
    for number in range(1000):
        queue.put("x", f"client {number}", "", 1)
        queue.put("y", "always", "", 1)
        queue.take(lambda item: item == "x")
        queue.take(lambda item: item == "y")
        queue.put("y", "always", "", 1)
    assert len(queue._used) < 10
    queue.discard("y")
    queue.discard("not here")
    while queue.take() is not None:
        pass
    assert queue._used == {}
