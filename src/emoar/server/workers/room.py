"""Limits on what waits for the workers: of all clients together, and of each client, in pictures and in megapixels."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from emoar.server.http.problems import Problem
from emoar.server.http.rate_limit import RateLimiter
from emoar.server.http.shares import Shares
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings

__all__ = ["Room"]

_BUSY: Final = "all workers are busy and the queue is full: try again in a moment"


class Room:
    """Counts the pictures at the workers or waiting for them, and the megapixels that each client sends.

    The names of a client are those of `access.client_names`.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        share = settings.requests_per_address
        self._pictures = Shares("max_requests", settings.max_requests, share, metrics, _BUSY)
        self._rate_limiter = RateLimiter(settings.megapixel_rate, settings.megapixel_burst)
        self._megapixels = 0.0
        self.pending = 0  # pictures, and frames of live sockets, which have places of their own

    def check(self) -> None:
        """Checks that there is room for one more picture.

        Raises:
            Problem: the queue is full.
        """
        self._pictures.check()

    @contextmanager
    def held(self, names: tuple[str, ...], megapixels: float) -> Generator[None]:
        """Holds a place for a picture of a client.

        Raises:
            Problem: the queue is full, or the client's part of it; or the client sends too many megapixels a second.
        """
        with self._pictures.one(*names):
            self._check_megapixels(megapixels)
            self._check_rate(names, megapixels)
            self._megapixels += megapixels
            try:
                with self.counted():
                    yield
            finally:
                self._megapixels -= megapixels

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

    def _check_megapixels(self, megapixels: float) -> None:
        limit = self._settings.max_queued_megapixels
        if self._pictures.total > 1 and self._megapixels + megapixels > limit:  # a single picture always has room
            self._metrics.refused.labels("max_queued_megapixels").inc()
            raise Problem(503, "busy", _BUSY, "max_queued_megapixels", limit, retry_after_s=1)

    def _check_rate(self, names: tuple[str, ...], megapixels: float) -> None:
        wait = self._rate_limiter.take(*names, units=megapixels)
        if wait:
            self._metrics.refused.labels("megapixels_per_s").inc()
            rate = self._settings.megapixel_rate
            detail = f"more than {rate:g} megapixels a second: send smaller pictures, or fewer"
            raise Problem(429, "too-many-requests", detail, "megapixels_per_s", rate, retry_after_s=wait)
