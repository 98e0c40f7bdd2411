"""The state of a running server: one object that the application holds and all routes share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from starlette.requests import HTTPConnection

from emoar.events.sinks import open_sink
from emoar.server.events.hub import Hub
from emoar.server.events.outlets import Outlets
from emoar.server.federated.gateway import Gateway
from emoar.server.http.access import Access
from emoar.server.http.shares import Shares
from emoar.server.jobs.jobs import Jobs
from emoar.server.metrics import Metrics
from emoar.server.sessions.sessions import Sessions
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
    sessions: Sessions
    sockets: Shares  # open live sockets
    event_sockets: Shares  # open sockets of subscribers and publishers
    hub: Hub  # from live sockets and publishers to subscribers
    outlets: Outlets  # from live sockets to other programs
    gateway: Gateway  # of browsers that take part in federated learning
    draining: bool = False  # the server is stopping and finishes open requests
    failure: Exception | None = None  # why the server could not start


def new_state(settings: Settings) -> ServerState:
    """The parts of a server that has not been started."""
    metrics = Metrics()
    sockets, event_sockets = (
        Shares(setting, limit, share, metrics, f"all {what} are in use: try again in a moment", retry_after_s=5)
        for setting, limit, share, what in (
            ("max_sockets", settings.max_sockets, settings.sockets_per_address, "live sockets"),
            ("max_event_sockets", settings.max_event_sockets, settings.event_sockets_per_address, "sockets of events"),
        )
    )
    outlets = Outlets(settings.sinks(), partial(open_sink, model=settings.model))
    metrics.watch_outlets(outlets.counts)
    access, pool, jobs = Access(settings, metrics), Pool(settings, metrics), Jobs(settings, metrics)
    sessions = Sessions(settings, metrics)
    hub, gateway = Hub(metrics), Gateway(settings, metrics)
    return ServerState(settings, metrics, access, pool, jobs, sessions, sockets, event_sockets, hub, outlets, gateway)


def state_of(connection: HTTPConnection) -> ServerState:
    """The state of the server that handles this request or socket."""
    return connection.app.state.server
