"""Types of the server's settings: ranges of numbers, files, and lists of hosts, origins and networks."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from emoar.events.sinks import check_address

__all__ = [
    "Bytes",
    "Count",
    "CountOrZero",
    "HomePath",
    "Hosts",
    "Network",
    "OptionalPath",
    "Origins",
    "Proxies",
    "Rate",
    "Seconds",
    "Sinks",
    "listed",
    "networks_in",
]

Network = IPv4Network | IPv6Network
_LARGEST: Final = 10**15  # of numbers: far above every useful value, and exact as a float
_LONGEST_S: Final = 10**8  # three years: event loops cannot wait for much longer
_HOST: Final = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?", re.IGNORECASE)


def listed(text: str) -> tuple[str, ...]:
    """The entries of a text that commas separate."""
    return tuple(entry.strip() for entry in text.split(",") if entry.strip())


def networks_in(text: str) -> tuple[Network, ...]:
    """The networks of addresses and networks; an IPv4 network also in its IPv6 form, as on a socket that takes both.

    Raises:
        ValueError: an entry is neither, or is every address.
    """
    found: list[Network] = []
    for entry in listed(text):
        try:
            network = ip_network(entry)
        except ValueError as exc:
            raise ValueError(f"must be addresses or networks such as 10.0.0.0/8, {entry!r} is neither") from exc
        if network.prefixlen == 0:
            raise ValueError(f"must be the addresses of proxies, {entry!r} is every address")
        found.append(network)
        if isinstance(network, IPv4Network):
            found.append(IPv6Network(f"::ffff:{network.network_address}/{96 + network.prefixlen}"))
    return tuple(found)


def _each(check: Callable[[str], object]) -> Callable[[str], str]:
    def check_all(text: str) -> str:
        for entry in listed(text):
            check(entry)
        return text

    return check_all


def _origin(text: str) -> None:
    advice = f"must name each page's origin, such as https://example.org, got {text!r}"
    try:
        parts = urlsplit(text.rstrip("/"))
        known = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.hostname or "") and parts.port != 0
    except ValueError as exc:
        raise ValueError(advice) from exc
    if not known or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(advice)


def _host(text: str) -> None:
    if not _HOST.fullmatch(text):
        raise ValueError(f"must be names such as emoar.example.org, without port and without *, got {text!r}")


def _are_sinks(text: str) -> str:
    for url in text.split():
        check_address(url)  # an InputError is a ValueError
    return text


def _is_rate(rate: float) -> float:
    if rate < 0 and rate != -1:
        raise ValueError("must be 0 or more, or -1 for the default")
    return rate


Count = Annotated[int, Field(ge=1, le=_LARGEST)]
CountOrZero = Annotated[int, Field(ge=0, le=_LARGEST)]
Bytes = Annotated[int, Field(ge=1000, le=_LARGEST)]
Seconds = Annotated[float, Field(gt=0, le=_LONGEST_S, allow_inf_nan=False)]
Rate = Annotated[float, Field(le=_LARGEST, allow_inf_nan=False), AfterValidator(_is_rate)]
HomePath = Annotated[Path, AfterValidator(Path.expanduser)]
OptionalPath = Annotated[HomePath | None, BeforeValidator(lambda raw: None if raw == "" else raw)]
Proxies = Annotated[str, AfterValidator(_each(networks_in))]
Origins = Annotated[str, AfterValidator(_each(_origin))]
Sinks = Annotated[str, AfterValidator(_are_sinks)]
Hosts = Annotated[str, AfterValidator(_each(_host))]
