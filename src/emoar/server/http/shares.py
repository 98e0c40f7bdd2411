"""What clients have at the same time, limited for all of them together and for each address and API key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from emoar.server.http.problems import Problem
from emoar.server.metrics import Metrics

__all__ = ["Shares"]


class Shares:
    """Counts one kind of thing, such as uploads, by the names of its owner (see `access.client_names`).

    Args:
        setting: name of the setting that gives `limit`; the one of `share` has the ending `_per_address`.
        limit: at the same time.
        share: of them, those of one name.
        metrics: counts what is refused.
        detail: of the problem, for people.
        kind: of the problem, for programs: `busy` (503), or another one (429).
        retry_after_s: of the problem.
    """

    def __init__(
        self,
        setting: str,
        limit: int,
        share: int,
        metrics: Metrics,
        detail: str,
        *,
        kind: str = "busy",
        retry_after_s: int = 1,
    ) -> None:
        self._setting, self._limit, self._share, self._metrics = setting, limit, share, metrics
        self._detail, self._kind, self._retry_after_s = detail, kind, retry_after_s
        self._counts: Counter[str] = Counter()
        self.total = 0

    def check(self, *names: str) -> None:
        """Checks that there may be one more thing, of an owner or of anybody.

        Raises:
            Problem: there are too many in all, or of one of the names.
        """
        for setting, limit, count in (
            (self._setting, self._limit, self.total),
            (f"{self._setting}_per_address", self._share, max((self._counts[name] for name in names), default=0)),
        ):
            if count >= limit:
                self._metrics.refused.labels(setting).inc()
                status = 503 if self._kind == "busy" else 429
                raise Problem(status, self._kind, self._detail, setting, limit, retry_after_s=self._retry_after_s)

    def take(self, *names: str) -> None:
        """Counts one more thing of an owner.

        Raises:
            Problem: as for `check`.
        """
        self.check(*names)
        self.total += 1
        self._counts.update(names)

    def give_back(self, *names: str) -> None:
        """Ends the counting of one thing."""
        self.total -= 1
        self._counts.subtract(names)
        for name in names:
            if self._counts[name] <= 0:
                del self._counts[name]

    @contextmanager
    def one(self, *names: str) -> Generator[None]:
        """Counts one thing during the `with` block.

        Raises:
            Problem: as for `take`.
        """
        self.take(*names)
        try:
            yield
        finally:
            self.give_back(*names)
