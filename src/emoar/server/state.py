"""What all routes share: one value that the application carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from emoar.errors import EmoarError
from emoar.server.http.access import Access
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings
from emoar.server.workers.pool import Pool

if TYPE_CHECKING:
    from emoar.server.jobs.jobs import Jobs

__all__ = ["Service", "service_of"]


@dataclass
class Service:
    """The parts of a running server."""

    settings: Settings
    metrics: Metrics
    access: Access
    pool: Pool
    jobs: Jobs
    open_sockets: int = 0
    draining: bool = False  # the server is about to end
    failure: EmoarError | None = None  # why it could not start


def service_of(connection: HTTPConnection) -> Service:
    """The service that a request or socket belongs to."""
    return connection.app.state.service
