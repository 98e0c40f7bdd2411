"""Limits on what waits for the workers: of all clients together, and of each client, in pictures and in megapixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from emoar.server.http.problems import Problem
from emoar.server.http.rate_limit import RateLimiter
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings

__all__ = ["Room"]


class Room:
    """Counts the pictures at the workers or waiting for them, and the megapixels that each client sends."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._rate_limiter = RateLimiter(settings.megapixel_rate, settings.megapixel_burst)
        self._megapixels = 0.0
        self._of_client: Counter[str] = Counter()  # pictures, without the frames of live sockets
        self.pending = 0  # pictures and frames

    def check(self) -> None:
        """Checks that there is room for one more picture.

        Raises:
            Problem: the queue is full.
        """
        self._check("max_requests", self._of_client.total(), self._settings.max_requests)

    @contextmanager
    def held(self, client: str, megapixels: float) -> Generator[None]:
        """Holds a place for a picture of a client.

        Raises:
            Problem: the queue is full, or the client's part of it; or the client sends too many megapixels a second.
        """
        settings = self._settings
        self.check()
        self._check("max_requests_per_client", self._of_client[client], settings.requests_per_client)
        if self._megapixels > 0:  # a single picture always has room
            self._check("max_queued_megapixels", self._megapixels + megapixels, settings.max_queued_megapixels)
        self._check_rate(client, megapixels)
        self._megapixels += megapixels
        self._of_client[client] += 1
        try:
            with self.counted():
                yield
        finally:
            self._of_client[client] -= 1
            if not self._of_client[client]:
                del self._of_client[client]
            self._megapixels = self._megapixels - megapixels if self._of_client else 0.0

    @contextmanager
    def counted(self) -> Generator[None]:
        """Counts a picture or a frame as pending."""
        self._add(1)
        try:
            yield
        finally:
            self._add(-1)

    def _add(self, count: int) -> None:
        self.pending += count
        self._metrics.queue.set(self.pending)

    def _check(self, name: str, value: float, limit: float) -> None:
        if value >= limit:
            self._metrics.refused.labels(name).inc()
            detail = "all workers are busy and the queue is full: try again in a moment"
            raise Problem(503, "busy", detail, name, limit, retry_after_s=1)

    def _check_rate(self, client: str, megapixels: float) -> None:
        wait = self._rate_limiter.take(client, megapixels)
        if wait:
            self._metrics.refused.labels("megapixels_per_s").inc()
            rate = self._settings.megapixel_rate
            detail = f"more than {rate:g} megapixels a second: send smaller pictures, or fewer"
            raise Problem(429, "too-many-requests", detail, "megapixels_per_s", rate, retry_after_s=wait)
