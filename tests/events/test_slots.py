"""Fixed places for faces."""

from __future__ import annotations

from emoar.events.slots import Slots


def test_a_face_keeps_its_slot_and_a_free_one_is_used_again() -> None:
    slots = Slots()
    assert slots.update([7, 3]) == []
    assert (slots.of(7), slots.of(3)) == (1, 2)
    assert slots.update([3]) == [1]
    assert slots.update([3, 9]) == []
    assert (slots.of(3), slots.of(9)) == (2, 1)
    assert slots.update([9, 4]) == []  # 4 is where 3 was
    assert slots.of(4) == 2
    assert slots.update([]) == [1, 2]


def test_sources_share_the_slots() -> None:
    slots = Slots()
    slots.update([1, 2], "a")
    assert slots.update([3], "b") == []
    assert [slots.of(track_id) for track_id in (1, 2, 3)] == [1, 2, 3]
    assert (slots.is_used(3), slots.is_used(4)) == (True, False)
    assert slots.update([], "a") == [1, 2]
    assert not slots.is_used(1)
    assert len(slots) == 1
    assert slots.clear() == [3]
    assert len(slots) == 0
