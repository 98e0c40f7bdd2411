"""The state of a running server: one object that the application holds and all routes share."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from emoar.server.http.access import Access
from emoar.server.http.shares import Shares
from emoar.server.jobs.jobs import Jobs
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings
from emoar.server.workers.pool import Pool

__all__ = ["ServerState", "new_state", "state_of"]


@dataclass
class ServerState:
    """The parts of a running server."""

    settings: Settings
    metrics: Metrics
    access: Access
    pool: Pool
    jobs: Jobs
    sockets: Shares  # open live sockets
    draining: bool = False  # the server is stopping and finishes open requests
    failure: Exception | None = None  # why the server could not start


def new_state(settings: Settings) -> ServerState:
    """The parts of a server that has not been started."""
    metrics = Metrics()
    detail = "all live sockets are in use: try again in a moment"
    share = settings.sockets_per_address
    sockets = Shares("max_sockets", settings.max_sockets, share, metrics, detail, retry_after_s=5)
    access, pool, jobs = Access(settings, metrics), Pool(settings, metrics), Jobs(settings, metrics)
    return ServerState(settings, metrics, access, pool, jobs, sockets)


def state_of(connection: HTTPConnection) -> ServerState:
    """The state of the server that handles this request or socket."""
    return connection.app.state.server
