"""A queue that is fair to clients: whoever has used least comes first (start-time fair queueing, on two levels)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["FairQueue"]

T = TypeVar("T")
Flow = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Entry(Generic[T]):
    item: T
    client: Flow  # (client,)
    stream: Flow  # (client, stream)
    cost: float


class FairQueue(Generic[T]):
    """Waiting items. Clients share what is served by cost; so do the streams of one client, such as its live sockets.

    A client that was idle starts level with the one that is served: it has saved up nothing. It keeps what it has used
    beyond that while it has an item in service, so that short pauses between costly items gain nothing. A queue has
    tens of items: it is not sorted.
    """

    def __init__(self) -> None:
        self._entries: list[_Entry[T]] = []  # in their order of arrival
        self._serving: list[_Entry[T]] = []
        self._used: dict[Flow, float] = {}  # cost served, by client and by stream
        self._served_at: dict[Flow, float] = {}  # what the last one served had used before, by what it is a part of

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, item: T, client: str, stream: str, cost: float) -> None:
        """Adds an item of so much cost, in any unit that all items share."""
        entry = _Entry(item, (client,), (client, stream), cost)
        for flow, others in (
            (entry.client, [each.client for each in self._entries]),
            (entry.stream, [each.stream for each in self._entries if each.client == entry.client]),
        ):
            if flow not in others:
                level = min((self._used[other] for other in others), default=0.0)
                level = min(level, self._served_at.get(flow[:-1], level))
                self._used[flow] = max(self._used.get(flow, 0.0), level)
        self._entries.append(entry)

    def take(self, fits: Callable[[T], bool] = lambda _: True) -> T | None:
        """The next item among those that fit, which is in service until `done`; None where none fits."""
        fitting = (entry for entry in self._entries if fits(entry.item))
        entry = min(fitting, key=lambda each: (self._used[each.client], self._used[each.stream]), default=None)
        if entry is None:
            return None
        self._entries.remove(entry)
        self._serving.append(entry)
        for flow in (entry.client, entry.stream):
            self._served_at[flow[:-1]] = self._used[flow]
            self._used[flow] += entry.cost
        self._forget()
        return entry.item

    def done(self, item: T) -> None:
        """Removes an item, whether it has been served or still waits."""
        self._entries = [entry for entry in self._entries if entry.item is not item]
        self._serving = [entry for entry in self._serving if entry.item is not item]
        self._forget()

    def _forget(self) -> None:
        """Drops idle flows that are not ahead of any that waits: a return would put them to the same place."""
        waiting = {flow for entry in self._entries for flow in (entry.client, entry.stream)}
        active = waiting | {flow for entry in self._serving for flow in (entry.client, entry.stream)}
        levels: dict[Flow, float] = {}
        for flow in waiting:
            levels[flow[:-1]] = min(levels.get(flow[:-1], self._used[flow]), self._used[flow])
        self._used = {
            flow: used
            for flow, used in self._used.items()
            if flow in active or used > levels.get(flow[:-1], float("inf"))
        }
        parents = {flow[:-1] for flow in active}
        self._served_at = {flow: used for flow, used in self._served_at.items() if flow in parents}
