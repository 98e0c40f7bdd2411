"""Starts the server and waits until it ends."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import sys
from types import FrameType
from typing import Any, Final

import uvicorn

from emoar.errors import EmoarError, OutputError
from emoar.server.app import create_app
from emoar.server.http.protocol import guarded_protocols
from emoar.server.settings import Settings

__all__ = ["serve"]

_LOG: Final = logging.getLogger("emoar.server")
_BACKLOG: Final = 2048  # connections that the kernel holds until we say yes or no
_HEADER_PART: Final = 64  # of a live message: room for the header of a raw frame


def serve(settings: Settings) -> None:
    """Listens until SIGTERM or Ctrl-C, then finishes what is under way.

    Raises:
        OutputError: the port is taken or not allowed.
        EmoarError: the server cannot start; the message says why.
    """
    _set_up_log(settings)
    listening = _listen(settings)
    guard = create_app(settings)
    server = _Server(_config(settings, guard), guard)
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    scheme = "https" if settings.tls else "http"
    server.address = f"{scheme}://{name}:{listening.getsockname()[1]}"
    # uvicorn raises the signal once more when it has drained; to have drained is no failure
    signal.signal(signal.SIGTERM, _ignore)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    if server.failure is not None:
        raise server.failure


def _ignore(number: int, frame: FrameType | None) -> None:
    """A signal that has been dealt with."""


class _Server(uvicorn.Server):
    """Says where it listens once it does, stops being ready before it drains, and keeps why it could not start."""

    address = ""

    def __init__(self, config: uvicorn.Config, guard: Any) -> None:
        super().__init__(config)
        self._guard = guard

    @property
    def failure(self) -> EmoarError | None:
        return self._guard.failure

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"EmoAR listens on {self.address} (Ctrl-C ends it)", file=sys.stderr, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._guard.drain()
        await super().shutdown(sockets)


def _config(settings: Settings, app: Any) -> uvicorn.Config:
    http, ws = guarded_protocols(settings)
    return uvicorn.Config(
        app,
        http=http,
        ws=ws,
        ws_max_size=settings.max_upload_bytes + _HEADER_PART,
        ws_per_message_deflate=False,  # pictures are compressed already; inflating is a way to exhaust memory
        ws_ping_interval=settings.idle_s,
        ws_ping_timeout=settings.idle_s,
        lifespan="on",
        log_config=None,
        access_log=False,  # it names addresses
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_keep_alive=max(1, round(settings.idle_s)),
        timeout_graceful_shutdown=max(1, round(settings.drain_s)),
        backlog=_BACKLOG,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as exc:
        listening.close()
        where = f"{settings.host}:{settings.port}"
        raise OutputError(f"cannot listen on {where} ({exc.strerror}): end the other program, or use --port") from exc
    return listening


def _set_up_log(settings: Settings) -> None:
    """One line an event on standard error: no picture, no result, no address."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name in ("emoar.server", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
    _LOG.setLevel(settings.log_level.upper())
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
