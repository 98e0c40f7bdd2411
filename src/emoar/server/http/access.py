"""Access control: host name, page origin, API key and request rate."""

from __future__ import annotations

import logging
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Final

from emoar.errors import InputError
from emoar.server.http.api_keys import Key, KeyFile
from emoar.server.http.problems import Problem
from emoar.server.http.rate_limit import RateLimiter, network_of
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings

__all__ = ["EXPOSED", "Access", "client_names", "key_in"]

_LOG: Final = logging.getLogger("emoar.server")

EXPOSED: Final = ("retry-after", "x-request-id")  # headers that pages of other origins may read
_KEY_PROTOCOL = "emoar-key."  # browsers cannot set headers on a socket, but can name subprotocols
_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:/?#@,\[\]]+)(:[0-9]{1,5})?", re.IGNORECASE | re.ASCII)


class Access:
    """Checks a request by its headers and the client's address, before its body is read."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._keys = KeyFile(settings.keys_file)
        self._rate_limiter = RateLimiter(settings.requests_per_s, settings.rate_burst)
        self._frame_limiter = RateLimiter(settings.frames_per_s, max(1, round(settings.frames_per_s)))

    def check_host(self, host: str) -> None:
        """Refuses unknown host names, which a foreign page may have pointed at this machine (DNS rebinding).

        Raises:
            Problem: the host is not allowed.
        """
        if self._settings.any_host:
            return
        matched = _HOST.fullmatch(host)
        name = matched[1].lower() if matched else ""
        if name in self._settings.hosts() or (self._settings.any_address and _is_address(name.strip("[]"))):
            return
        detail = "this host name is not one of the server's: add it to allowed_hosts"
        raise Problem(421, "unknown-host", detail, "allowed_hosts")

    def check_origin(self, origin: str | None, host: str, fetch_site: str | None = None) -> None:
        """Refuses a request that a page of another origin sends through its visitor's browser.

        Browsers that hide the referrer send the origin `null` with a form of the same origin. Their header
        `Sec-Fetch-Site` (`fetch_site`), which no page can set, tells it from others.

        Raises:
            Problem: the origin is not that of `host` and not one of `cors_origins`.
        """
        if origin is None or origin.lower() in self._settings.origins():
            return
        if origin == "null" and fetch_site == "same-origin":
            return
        scheme, _, authority = origin.partition("://")
        if scheme.lower() not in ("http", "https") or authority.lower() != host.lower():
            raise Problem(403, "foreign-page", "pages of other origins may not send requests here: see cors_origins")

    def cors_headers(self, origin: str | None) -> dict[str, str]:
        """Headers that let a page of another origin read a response; empty unless `cors_origins` has the origin."""
        if origin is None or origin.lower() not in self._settings.origins():
            return {}
        return {
            "access-control-allow-origin": origin,
            "access-control-expose-headers": ", ".join(EXPOSED),
            "vary": "Origin",
        }

    def check_key(self, text: str | None) -> Key | None:
        """The API key with this text; None when the server requires no keys.

        Raises:
            Problem: the server requires a key and the text is not a valid one, or the file of keys is damaged.
        """
        if not self._settings.needs_keys:
            return None
        with _key_errors():
            key = self._keys.find(text) if text else None
        if key is None:
            raise Problem(401, "no-key", "send a valid API key: Authorization: Bearer KEY")
        return key

    def check_revoked(self, key: Key | None) -> None:
        """Checks that a key which gave access is still valid.

        Raises:
            Problem: it is not, or the file of keys is damaged.
        """
        with _key_errors():
            if key is not None and not self._keys.has(key):
                raise Problem(401, "no-key", "the API key is no longer valid")

    def check_keys(self) -> None:
        """Checks when the server starts that there is a key, if it requires keys.

        Raises:
            InputError: there is none, or the file cannot be read or is damaged.
        """
        if self._settings.needs_keys and not self._keys.list():
            raise InputError(f"{self._settings.keys_file} has no API key: emoar keys create NAME")

    def check_rate(self, *names: str) -> None:
        """Counts one request against the rate limit of each of the names (see `client_names`).

        Raises:
            Problem: one of them has exceeded its limit.
        """
        wait = self._rate_limiter.take(*names)
        if wait:
            self._metrics.refused.labels("rate_per_s").inc()
            rate = self._settings.requests_per_s
            detail = f"more than {rate:g} requests a second: slow down"
            raise Problem(429, "too-many-requests", detail, "rate_per_s", rate, retry_after_s=wait)

    def frame_wait_s(self, *names: str) -> float:
        """Counts one live frame of each of the names; gives the seconds until it is allowed, 0 if it is counted."""
        return self._frame_limiter.wait_s(*names)


def client_names(key: Key | None, address: str) -> tuple[str, ...]:
    """The names under which a client's requests are limited: its address, and its API key if it has one.

    With a key, an empty address stands for one that says nothing about the client.
    """
    if key is None:
        return (f"address {network_of(address)}",)
    return (*([f"address {network_of(address)}"] if address else []), f"key {key.id}")


def key_in(headers: Mapping[str, str]) -> str | None:
    """The text of a request's API key: from `Authorization`, a WebSocket subprotocol or `X-Api-Key`, in this order."""
    scheme, _, text = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and text.strip():
        return text.strip()
    for protocol in headers.get("sec-websocket-protocol", "").split(","):
        if protocol.strip().startswith(_KEY_PROTOCOL):
            return protocol.strip().removeprefix(_KEY_PROTOCOL)
    return headers.get("x-api-key")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


@contextmanager
def _key_errors() -> Generator[None]:
    """Refuses a request whose key cannot be checked. The log has the reason, once for each state of the file."""
    try:
        yield
    except InputError as exc:
        detail = "the server cannot read its API keys: tell its operator, whose log has the reason"
        raise Problem(503, "no-keys", detail, retry_after_s=5) from exc
