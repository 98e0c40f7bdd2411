"""Addresses as sources: which ones are read, with which demuxers and protocols of FFmpeg, and how long to wait."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from emoar.errors import MediaError
from emoar.media.containers import ACCEPTED, HEAD_BYTES, container_of

__all__ = ["Address", "address_in", "fetch", "is_live", "network_options", "with_demuxer"]

TIMEOUT_S: Final = 10.0  # without an answer, or without data
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(/+)")  # one letter is a drive of Windows
_WEB: Final = ("http", "https")
_LIVE: Final = {  # scheme: FFmpeg's demuxer and protocols
    "rtsp": ("rtsp", "rtp,tcp,udp"),
    "rtsps": ("rtsp", "rtp,srtp,tls,tcp,udp"),
    "rtmp": ("flv", "rtmp,tcp"),
    "rtmps": ("flv", "rtmps,rtmp,tls,tcp"),
    "tcp": ("mpegts", "tcp"),
    "udp": ("mpegts", "udp"),
}
_WEB_PROTOCOLS: Final = "http,https,httpproxy,tls,tcp,crypto"
_SEGMENTS: Final = "hls,mpegts,mov,mp4,aac,mp3,ac3,eac3,webvtt"  # what a live playlist may consist of


@dataclass(frozen=True)
class Address:
    """An address that can be read, and the demuxer for it where that is known."""

    url: str
    demuxer: str | None = None

    @property
    def scheme(self) -> str:
        """In lower case, such as `https`."""
        return self.url.partition(":")[0].lower()

    @property
    def has_host(self) -> bool:
        """Whether it can be an address at all."""
        try:
            return bool(urlsplit(self.url).hostname) and (urlsplit(self.url).port or 0) >= 0
        except ValueError:
            return False

    @property
    def shown(self) -> str:
        """For messages and results: without user name, password and query, which may be secret."""
        rest = self.url.partition("://")[2].partition("?")[0].partition("#")[0]
        host, slash, path = rest.partition("/")
        return f"{self.scheme}://{host.rpartition('@')[2]}{slash}{path}"


def address_in(source: str | Path) -> Address | Path:
    """The address in a source, or its path. `Path("http://x")` has lost a slash and is an address nevertheless.

    Raises:
        MediaError: there is no way to read this kind of address.
    """
    text = str(source)
    match = _SCHEME.match(text)
    scheme = match[1].lower() if match is not None else ""
    is_known = scheme in _LIVE or scheme in _WEB
    if match is None or not (is_known or len(match[2]) > 1) or Path(text).exists():
        return Path(source)
    if scheme == "file":
        return Path(unquote(urlsplit(text).path))
    address = Address(f"{scheme}://{text[match.end() :]}")
    if not is_known:
        known = ", ".join(f"{name}://" for name in (*_WEB, *_LIVE))
        raise MediaError(f"{address.shown}: addresses may begin with {known}; fetch it first and give the file")
    if not address.has_host:
        raise MediaError(f"{text} is no complete address: give one such as {scheme}://example.org/clip.mp4")
    return address


def is_live(address: Address) -> bool:
    """Whether pictures come from the address at their own rate."""
    return address.scheme in _LIVE


def with_demuxer(address: Address) -> Address:
    """The address with its demuxer, which is that of the first bytes for a file on the web.

    Raises:
        MediaError: it does not answer, or is no video that can be read.
    """
    if address.scheme in _LIVE:
        return Address(address.url, _LIVE[address.scheme][0])
    head = fetch(address, HEAD_BYTES)
    if head.removeprefix(b"\xef\xbb\xbf").startswith(b"#EXTM3U"):
        return Address(address.url, "hls")
    demuxer = container_of(head)
    if demuxer is None:
        raise MediaError(f"{address.shown} is not a video that can be read: give {ACCEPTED}")
    return Address(address.url, demuxer)


def fetch(address: Address, limit_bytes: int) -> bytes:
    """At most the first `limit_bytes` of what is at an address on the web.

    Raises:
        MediaError: it does not answer, or with an error.
    """
    request = urllib.request.Request(address.url, headers={"User-Agent": "emoar"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # http and https only: see `address_in`
            return answer.read(limit_bytes)
    except urllib.error.HTTPError as exc:
        exc.close()
        raise MediaError(f"cannot read {address.shown}: the server answers {exc.code} {exc.reason}") from exc
    except TimeoutError as exc:
        raise MediaError(f"cannot read {address.shown}: no answer for {TIMEOUT_S:g} s") from exc
    except urllib.error.URLError as exc:
        reason = getattr(exc.reason, "strerror", None) or exc.reason
        raise MediaError(f"cannot read {address.shown}: {reason}") from exc
    except (OSError, ValueError) as exc:  # http.client's errors are among them
        raise MediaError(f"cannot read {address.shown}: {exc}") from exc


def network_options(address: Address) -> dict[str, str]:
    """FFmpeg's options: the protocols and formats that it may use, patience, and new connections where one breaks."""
    patience = str(round(TIMEOUT_S * 1e6))
    if address.scheme in _LIVE:
        options = {"protocol_whitelist": _LIVE[address.scheme][1]}
        if address.scheme.startswith("rtsp"):
            options |= {"rtsp_transport": "tcp", "timeout": patience}
        return options
    again = ("reconnect", "reconnect_streamed", "reconnect_on_network_error")
    options = {"protocol_whitelist": _WEB_PROTOCOLS, "rw_timeout": patience, "reconnect_delay_max": "4"}
    formats = {"format_whitelist": _SEGMENTS} if address.demuxer == "hls" else {}
    return options | formats | dict.fromkeys(again, "1")
