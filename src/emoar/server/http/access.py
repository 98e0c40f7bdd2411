"""Access control: host name, page origin, API key and request rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from emoar.server.http.api_keys import Key, KeyFile
from emoar.server.http.problems import Problem
from emoar.server.http.rate_limit import RateLimiter, network_of
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings

__all__ = ["EXPOSED", "Access", "client_name", "key_in"]

EXPOSED: Final = ("retry-after", "x-request-id")  # headers that pages of other origins may read
_KEY_PROTOCOL = "emoar-key."  # browsers cannot set headers on a socket, but can name subprotocols


class Access:
    """Checks a request by its headers and the client's address, before its body is read."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._keys = KeyFile(settings.keys_file)
        self._rate_limiter = RateLimiter(settings.requests_per_s, settings.rate_burst)

    def check_host(self, host: str) -> None:
        """Refuses unknown host names, which a foreign page may have pointed at this machine (DNS rebinding).

        Raises:
            Problem: the host is not allowed.
        """
        allowed = self._settings.hosts()
        name = (host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]).lower()
        if allowed and name not in allowed:
            detail = "this host name is not one of the server's: add it to allowed_hosts"
            raise Problem(421, "unknown-host", detail, "allowed_hosts")

    def check_origin(self, origin: str | None, host: str) -> None:
        """Refuses a request that a page of another origin sends through its visitor's browser.

        Raises:
            Problem: the origin is not that of `host` and not one of `cors_origins`.
        """
        if origin is None or origin in self._settings.origins():
            return
        if urlsplit(origin).netloc.lower() != host.lower():
            raise Problem(403, "foreign-page", "pages of other origins may not send requests here: see cors_origins")

    def cors_headers(self, origin: str | None) -> dict[str, str]:
        """Headers that let a page of another origin read a response; empty unless `cors_origins` has the origin."""
        if origin is None or origin not in self._settings.origins():
            return {}
        return {
            "access-control-allow-origin": origin,
            "access-control-expose-headers": ", ".join(EXPOSED),
            "vary": "Origin",
        }

    def check_key(self, text: str | None) -> Key | None:
        """The API key with this text; None when the server requires no keys.

        Raises:
            Problem: the server requires a key and the text is not a valid one.
            InputError: the file of keys is damaged.
        """
        if not self._settings.needs_keys:
            return None
        key = self._keys.find(text) if text else None
        if key is None:
            raise Problem(401, "no-key", "send a valid API key: Authorization: Bearer KEY")
        return key

    def check_rate(self, key: Key | None, address: str) -> None:
        """Counts one request against the rate limit of its client.

        Raises:
            Problem: the client has exceeded its limit.
        """
        wait = self._rate_limiter.take(client_name(key, address))
        if wait:
            self._metrics.refused.labels("rate_per_s").inc()
            rate = self._settings.requests_per_s
            detail = f"more than {rate:g} requests a second: slow down"
            raise Problem(429, "too-many-requests", detail, "rate_per_s", rate, retry_after_s=wait)


def client_name(key: Key | None, address: str) -> str:
    """Whose limits a request counts against: those of its key, or of its address where no key is needed.

    Behind a proxy that is not in `trusted_proxies` all clients have one address; their keys still tell them apart.
    """
    return f"key {key.id}" if key is not None else f"address {network_of(address)}"


def key_in(headers: Mapping[str, str]) -> str | None:
    """The text of a request's API key: from `Authorization`, a WebSocket subprotocol or `X-Api-Key`, in this order."""
    scheme, _, text = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and text.strip():
        return text.strip()
    for protocol in headers.get("sec-websocket-protocol", "").split(","):
        if protocol.strip().startswith(_KEY_PROTOCOL):
            return protocol.strip().removeprefix(_KEY_PROTOCOL)
    return headers.get("x-api-key")
