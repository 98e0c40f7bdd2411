"""Fixed places for faces that come and go: some programs know "the first face", not ids."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Slots"]


class Slots:
    """Gives each face in view a slot, 1 and up; it keeps it while it is in view, and the lowest free one is next."""

    def __init__(self) -> None:
        self._slot_of: dict[int, int] = {}

    def update(self, track_ids: Sequence[int]) -> list[int]:
        """Takes note of the faces in view. Returns the slots that became free and have no new face."""
        gone = {track_id: slot for track_id, slot in self._slot_of.items() if track_id not in track_ids}
        for track_id in gone:
            del self._slot_of[track_id]
        for track_id in track_ids:
            if track_id not in self._slot_of:
                used = set(self._slot_of.values())
                self._slot_of[track_id] = next(slot for slot in range(1, len(used) + 2) if slot not in used)
        return sorted(set(gone.values()) - set(self._slot_of.values()))

    def of(self, track_id: int) -> int:
        """The slot of a face in view."""
        return self._slot_of[track_id]
