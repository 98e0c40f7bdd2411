"""Requests to one URL over one connection that stays open: a fraction of what a general client takes for each."""

from __future__ import annotations

import selectors
import ssl
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import SplitResult, quote, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from emoar import __version__
from emoar.errors import DependencyMissing, OutputError

__all__ = ["HttpClient"]

_PORTS: Final = {"http": 80, "https": 443}
_PATH: Final = "/%:@!$&'()*+,;="  # characters of a path that stay as they are
_MOST_REPLY_BYTES: Final = 1 << 16  # a longer answer ends the connection


class HttpClient:
    """Follows no redirects, and goes through the proxy that `HTTP_PROXY`, `HTTPS_PROXY` or `ALL_PROXY` name, unless
    `NO_PROXY` has the host.

    Args:
        url: `http` or `https`, without a query.
        timeout_s: for connecting, and for each step of an answer.

    Raises:
        DependencyMissing: https, and httpx is not installed, whose certificates are used.
        OutputError: the proxy is not an HTTP proxy.
    """

    def __init__(self, url: str, timeout_s: float) -> None:
        parts = urlsplit(url)
        path = quote(parts.path or "/", safe=_PATH)
        host = parts.netloc.rpartition("@")[2]
        self._headers = {
            "Host": host if host.isascii() else host.encode("idna").decode(),
            "User-Agent": f"emoar/{__version__}",
            "Accept": "*/*",
        }
        proxy = _proxy(parts)
        login = {"Proxy-Authorization": _basic(proxy)} if proxy and proxy.username else {}
        at = proxy or parts
        options: dict[str, Any] = {
            "host": at.hostname or "",
            "port": at.port or _PORTS[at.scheme],
            "timeout": timeout_s,
        }
        if parts.scheme == "https":
            self._connection: HTTPConnection = HTTPSConnection(**options, context=_tls_context())
            if proxy:
                self._connection.set_tunnel(parts.hostname or "", parts.port or _PORTS["https"], login)
        else:
            self._connection = HTTPConnection(**options)
            if proxy:
                self._headers |= login
        self._target = f"http://{host}{path}" if proxy and parts.scheme == "http" else path

    def request(self, method: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> int:
        """Sends a request, and returns the status of its answer.

        Raises:
            OSError: nobody answers, or not as HTTP does.
        """
        connection = self._connection
        if connection.sock is not None and _is_readable(connection.sock):  # the server has closed it meanwhile
            connection.close()
        try:
            connection.request(method, self._target, body, {**self._headers, **(headers or {})})
            answer = connection.getresponse()
            answer.read(_MOST_REPLY_BYTES)
            if not answer.isclosed():
                connection.close()
        except HTTPException as exc:
            connection.close()
            text = str(exc) if isinstance(exc, OSError) else f"what answers is no HTTP ({type(exc).__name__})"
            raise ConnectionError(text) from exc
        except OSError:
            connection.close()
            raise
        return answer.status

    def close(self) -> None:
        """Closes the connection; the next request opens it again."""
        self._connection.close()


def _is_readable(sock: Any) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(0))


def _proxy(parts: SplitResult) -> SplitResult | None:
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    if not found or proxy_bypass(parts.netloc):
        return None
    proxy = urlsplit(found if "://" in found else f"http://{found}")
    if proxy.scheme != "http":
        raise OutputError(
            f"the proxy of the environment is {proxy.scheme}://: webhooks go through http:// proxies alone"
        )
    return proxy


def _basic(proxy: SplitResult) -> str:
    login = f"{unquote(proxy.username or '')}:{unquote(proxy.password or '')}"
    return "Basic " + b64encode(login.encode()).decode()


def _tls_context() -> ssl.SSLContext:
    try:
        import httpx
    except ImportError as exc:
        raise DependencyMissing("webhooks by https need httpx: pip install 'emoar[client]'") from exc
    return httpx.create_ssl_context()
