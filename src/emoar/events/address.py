"""Addresses of other programs: `osc://127.0.0.1:9000`, `https://example.org/hook?rate=10`, `jsonl:-`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from emoar.errors import InputError

__all__ = ["SinkAddress", "parse_address"]

RATE: Final = "rate"  # option of every connection: scenes a second; 0: events alone
MOST_PER_S: Final = 1000.0


@dataclass(frozen=True)
class SinkAddress:
    """The parts of an address. `options` are those of its query, apart from `rate`."""

    scheme: str
    host: str
    port: int | None
    path: str  # without the host: of a file everything after the scheme
    options: Mapping[str, str]
    rate: float | None  # scenes a second; None: every frame

    @property
    def shown(self) -> str:
        """For messages: without user name, password and options, which may be secret."""
        port = f":{self.port}" if self.port is not None else ""
        return f"{self.scheme}://{self.host}{port}{self.path}" if self.host else f"{self.scheme}:{self.path}"

    def option(self, name: str, default: str) -> str:
        """The value of an option."""
        return self.options.get(name, default)

    def check_options(self, *known: str) -> None:
        """Checks the names of the options.

        Raises:
            InputError: one is not known; the message has the nearest name.
        """
        for name in self.options.keys() - set(known):
            near = get_close_matches(name, (*known, RATE), 1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join((*known, RATE))}"
            raise InputError(f"{self.scheme}: {name} is no option of it: {hint}")


def parse_address(url: str) -> SinkAddress:
    """The parts of an address.

    Raises:
        InputError: it has no scheme, or its port or an option is wrong.
    """
    scheme, colon, rest = url.partition(":")
    if not colon or not scheme.replace("+", "").isalnum():
        raise InputError(f"{url!r} is no address: it begins with a scheme, such as osc:, mqtt: or jsonl:")
    scheme = scheme.lower()
    if not rest.startswith("//"):
        path, _, query = rest.partition("?")
        options = _options(scheme, query)
        return SinkAddress(scheme, "", None, unquote(path), options, _rate(options))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise InputError(f"the address of {scheme}: is wrong ({exc}): write {scheme}://host:port") from exc
    if not parts.hostname:
        raise InputError(f"the address of {scheme}: has no host: write {scheme}://host:port")
    options = _options(scheme, parts.query)
    return SinkAddress(scheme, parts.hostname, port, parts.path, options, _rate(options))


def _options(scheme: str, query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in options:
            raise InputError(f"{scheme}: {name} is given twice")
        options[name] = value
    return options


def _rate(options: dict[str, str]) -> float | None:
    text = options.pop(RATE, "")
    if not text:
        return None
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= MOST_PER_S:
        raise InputError(f"rate must be scenes a second, 0..{MOST_PER_S:g} (0: events alone), got {text!r}")
    return rate
