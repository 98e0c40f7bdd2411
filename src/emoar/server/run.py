"""Starts the server and waits until it ends."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from types import FrameType
from typing import Final

import uvicorn

from emoar.errors import OutputError
from emoar.server.app import create_app
from emoar.server.http.protocol import limited_protocols
from emoar.server.settings import Settings
from emoar.server.state import ServerState, new_state

__all__ = ["serve", "uvicorn_config"]

_LOG: Final = logging.getLogger("emoar.server")
_BACKLOG: Final = 2048  # connections that the kernel holds until the server accepts them
_RAW_HEADER_BYTES: Final = 64  # added to the limit of a live message, for the header of a raw frame


def serve(settings: Settings) -> None:
    """Listens until SIGTERM or Ctrl-C, then finishes open requests.

    Raises:
        OutputError: the port is in use or not allowed.
        EmoarError: the server cannot start; the message has the reason.
    """
    _set_up_log(settings)
    state = new_state(settings)
    state.access.check_keys()
    server = _Server(uvicorn_config(state), state)
    listening = _listen(settings)
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    scheme = "https" if settings.tls else "http"
    server.address = f"{scheme}://{name}:{listening.getsockname()[1]}"
    # uvicorn raises the signal again after draining; a drained server must exit with 0
    signal.signal(signal.SIGTERM, _ignore)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        return
    except SystemExit:  # uvicorn's, when the application cannot start
        if state.failure is None:
            raise
        raise state.failure from None


def _ignore(number: int, frame: FrameType | None) -> None:
    """A handler for a signal that uvicorn has handled."""


class _Server(uvicorn.Server):
    """Prints its address once it listens, and reports not ready before it drains."""

    address = ""

    def __init__(self, config: uvicorn.Config, state: ServerState) -> None:
        super().__init__(config)
        self._state = state

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        log = logging.getLogger("uvicorn.error")
        log.disabled = True  # it would show a traceback of an error whose one line follows
        await super().startup(sockets)
        log.disabled = False
        if self.started:
            print(f"EmoAR listens on {self.address} (Ctrl-C ends it)", file=sys.stderr, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._state.draining = True
        await super().shutdown(sockets)


def uvicorn_config(state: ServerState) -> uvicorn.Config:
    """uvicorn's configuration with the application and its limits."""
    settings = state.settings
    http, ws = limited_protocols(settings)
    return uvicorn.Config(
        create_app(state),
        http=http,
        ws=ws,
        ws_max_size=settings.max_upload_bytes + _RAW_HEADER_BYTES,
        ws_per_message_deflate=False,  # pictures are compressed already, and inflating can exhaust memory
        ws_ping_interval=settings.idle_s,
        ws_ping_timeout=settings.idle_s,
        lifespan="on",
        log_config=None,
        access_log=False,  # it would contain clients' addresses
        server_header=False,
        proxy_headers=bool(settings.proxies()),
        forwarded_allow_ips=[str(network) for network in settings.proxies()] or None,
        timeout_keep_alive=max(1, round(settings.idle_s)),
        timeout_graceful_shutdown=max(1, round(settings.drain_s)),
        backlog=_BACKLOG,
    )


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except (OSError, ValueError, TypeError) as exc:  # the port is in use, or the host is no name
        listening.close()
        where, reason = f"{settings.host}:{settings.port}", getattr(exc, "strerror", None) or exc
        raise OutputError(f"cannot listen on {where} ({reason}): end the other program, or use --port") from exc
    return listening


def _set_up_log(settings: Settings) -> None:
    """One line for each event on standard error: no picture, no result, no address."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    for name in ("emoar.server", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
    _LOG.setLevel(settings.log_level.upper())
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
