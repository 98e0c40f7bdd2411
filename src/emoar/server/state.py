"""The state of a running server: one object that the application holds and all routes share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from emoar.errors import EmoarError
from emoar.server.http.access import Access, client_name
from emoar.server.http.problems import Problem
from emoar.server.jobs.jobs import Jobs
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings
from emoar.server.workers.pool import Pool

__all__ = ["ServerState", "client_of", "new_state", "state_of"]


@dataclass
class ServerState:
    """The parts of a running server."""

    settings: Settings
    metrics: Metrics
    access: Access
    pool: Pool
    jobs: Jobs
    sockets: Counter[str] = field(default_factory=Counter[str])  # open live sockets, by client
    draining: bool = False  # the server is stopping and finishes open requests
    failure: EmoarError | None = None  # why the server could not start

    @contextmanager
    def open_socket(self, client: str) -> Generator[None]:
        """Counts a live socket of a client while it is open.

        Raises:
            Problem: there are too many, of all clients or of this one.
        """
        settings = self.settings
        for name, count, limit in (
            ("max_sockets", self.sockets.total(), settings.max_sockets),
            ("max_sockets_per_client", self.sockets[client], settings.sockets_per_client),
        ):
            if count >= limit:
                self.metrics.refused.labels(name).inc()
                detail = "all live sockets are in use: close one, or try again in a moment"
                raise Problem(503, "busy", detail, name, limit, retry_after_s=5)
        self._count_socket(client, 1)
        try:
            yield
        finally:
            self._count_socket(client, -1)

    def _count_socket(self, client: str, count: int) -> None:
        self.sockets[client] += count
        if not self.sockets[client]:
            del self.sockets[client]
        self.metrics.sockets.set(self.sockets.total())


def new_state(settings: Settings) -> ServerState:
    """The parts of a server that has not been started."""
    metrics = Metrics()
    return ServerState(settings, metrics, Access(settings, metrics), Pool(settings, metrics), Jobs(settings, metrics))


def state_of(connection: HTTPConnection) -> ServerState:
    """The state of the server that handles this request or socket."""
    return connection.app.state.server


def client_of(connection: HTTPConnection) -> str:
    """Whose limits a request or socket counts against: its key, or its address where no key is needed."""
    return client_name(connection.scope.get("emoar.key"), connection.client.host if connection.client else "")
