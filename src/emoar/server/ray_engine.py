"""The same server as a Ray Serve application: replicas over several machines, scaled with the load.

    emoar serve --engine ray                                   on this machine, or the cluster of RAY_ADDRESS
    serve run emoar.server.ray_engine:application              with Ray's own tools

Each replica is a complete server with one worker. Ray's proxy speaks HTTP and limits the connections; each replica
enforces all other limits. This engine accepts no video jobs, because only one replica would know a job.
"""

from __future__ import annotations

import signal
import sys
import threading
from importlib import import_module
from types import FrameType
from typing import Any, Final

from emoar.errors import DependencyMissing, InputError
from emoar.server.settings import Settings, load_settings

__all__ = ["application", "serve_with_ray"]

_BUSY_SHARE: Final = 0.25  # share of max_requests per replica above which Ray adds a replica
_NAME: Final = "emoar"


def serve_with_ray(settings: Settings) -> None:
    """Serves until SIGTERM or Ctrl-C; replicas finish open requests.

    Raises:
        DependencyMissing: Ray is not installed.
        InputError: a setting that this engine does not support.
    """
    if settings.tls:
        raise InputError("engine ray speaks plain HTTP: put a proxy with TLS in front and use --force")
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    ray, serve = _ray("ray"), _ray("ray.serve")
    ray.init(include_dashboard=False, log_to_driver=False, ignore_reinit_error=True)
    try:
        serve.start(http_options={"host": settings.host, "port": settings.port, "request_timeout_s": None})
        serve.run(_deployment(settings), name=_NAME, route_prefix="/")
        for number in (signal.SIGTERM, signal.SIGINT):  # after `run`, which installs Ray's own handlers
            signal.signal(number, end)
        print(f"EmoAR listens on http://{settings.host}:{settings.port} (Ctrl-C ends it)", file=sys.stderr, flush=True)
        ended.wait()
    finally:
        serve.shutdown()
        ray.shutdown()


def application(arguments: dict[str, Any]) -> Any:
    """The application for `serve run` and its configuration files, whose `args` are settings.

    Raises:
        InputError: a setting is wrong.
        DependencyMissing: Ray is not installed.
    """
    return _deployment(load_settings(**arguments))


def _deployment(settings: Settings) -> Any:
    serve = _ray("ray.serve")
    changes = {"engine": "local", "workers": 1, "max_jobs": 0, "force": True, "require_keys": settings.needs_keys}
    replica = settings.model_copy(update=changes)

    def build() -> Any:  # in the replica: the application holds processes and locks, which cannot be pickled
        from emoar.server.app import create_app
        from emoar.server.state import new_state

        return create_app(new_state(replica))

    deployment = serve.deployment(
        name=_NAME,
        max_ongoing_requests=settings.max_requests + settings.max_uploads,
        graceful_shutdown_timeout_s=settings.drain_s,
        ray_actor_options={"num_cpus": 1},
        autoscaling_config={
            "min_replicas": min(settings.workers or 1, settings.replicas),
            "max_replicas": settings.replicas,
            "target_ongoing_requests": max(1, round(_BUSY_SHARE * settings.max_requests)),
        },
    )
    return deployment(serve.ingress(build)(_Replica)).bind()


class _Replica:
    """The class of the deployment. Ray creates one instance for each replica and builds the application there."""


def _ray(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as exc:
        raise DependencyMissing("engine ray needs Ray Serve: pip install 'emoar[ray]'") from exc
