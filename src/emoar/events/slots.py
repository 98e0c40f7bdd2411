"""Fixed places for faces that come and go: some programs know "the first face", not ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Slots"]


@dataclass(frozen=True)
class _Place:
    slot: int
    source: str


class Slots:
    """Gives each face in view a slot, 1 and up; it keeps it while it is in view, and the lowest free one is next.

    Several sources may share the slots: track ids are then unique over all of them.
    """

    def __init__(self) -> None:
        self._places: dict[int, _Place] = {}  # by track id

    def __len__(self) -> int:
        """How many faces are in view."""
        return len(self._places)

    def update(self, track_ids: Sequence[int], source: str = "") -> list[int]:
        """Takes note of the faces in view of a source. Returns the slots that became free and have no new face."""
        gone = {
            track_id: place.slot
            for track_id, place in self._places.items()
            if place.source == source and track_id not in track_ids
        }
        for track_id in gone:
            del self._places[track_id]
        for track_id in track_ids:
            if track_id not in self._places:
                used = self._used()
                self._places[track_id] = _Place(next(n for n in range(1, len(used) + 2) if n not in used), source)
        return sorted(set(gone.values()) - self._used())

    def of(self, track_id: int) -> int:
        """The slot of a face in view."""
        return self._places[track_id].slot

    def is_used(self, slot: int) -> bool:
        """Whether a face, of any source, has the slot."""
        return slot in self._used()

    def clear(self) -> list[int]:
        """Nobody is in view any more. Returns the slots that became free."""
        freed = sorted(self._used())
        self._places.clear()
        return freed

    def _used(self) -> set[int]:
        return {place.slot for place in self._places.values()}
