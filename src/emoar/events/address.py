"""Addresses of other programs: `osc://127.0.0.1:9000`, `https://example.org/hook?rate=10`, `jsonl:-`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from emoar.errors import InputError

__all__ = ["SECRET_FILE", "SinkAddress", "parse_address"]

SECRET_FILE: Final = "secret-file"  # option of connections with a password or key: the file that holds it
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
    user: str = ""  # name to log in with

    @property
    def place(self) -> str:
        """Host and port, as they stand in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port is not None else host

    @property
    def shown(self) -> str:
        """For messages: without user name and options."""
        return f"{self.scheme}://{self.place}{self.path}" if self.host else f"{self.scheme}:{self.path}"

    def option(self, name: str, default: str) -> str:
        """The value of an option."""
        return self.options.get(name, default)

    def flag(self, name: str) -> bool:
        """Whether an option is on: `?name=1`.

        Raises:
            InputError: it is neither 0 nor 1.
        """
        value = self.options.get(name, "0")
        if value not in ("0", "1"):
            raise InputError(f"{self.scheme}: {name} must be 0 or 1, got {value!r}")
        return value == "1"

    def secret(self, environment: Mapping[str, str], variable: str) -> str:
        """The password or key: the first line of the file that the option `secret-file` names, else the variable's.

        Raises:
            InputError: the file cannot be read, or is empty.
        """
        path = self.options.get(SECRET_FILE)
        if path is None:
            return environment.get(variable, "")
        try:
            lines = Path(path).expanduser().read_text("utf-8").splitlines()
        except (OSError, ValueError) as exc:
            raise InputError(f"{SECRET_FILE}: cannot read {path} ({getattr(exc, 'strerror', None) or exc})") from exc
        if not lines or not lines[0].strip():
            raise InputError(f"{SECRET_FILE}: {path} is empty: its first line is the secret")
        return lines[0].strip()

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
    if parts.password is not None:
        advice = f"name a file with ?{SECRET_FILE}=, or set the environment variable for {scheme}:"
        raise InputError(f"a password in an address shows in lists of programs: {advice}")
    if not parts.hostname:
        raise InputError(f"the address of {scheme}: has no host: write {scheme}://host:port")
    _check_name(scheme, parts.hostname)
    options = _options(scheme, parts.query)
    user = unquote(parts.username or "")
    return SinkAddress(scheme, parts.hostname, port, parts.path, options, _rate(options), user)


def _check_name(scheme: str, host: str) -> None:
    """Names that no resolver takes, such as `a..b`, are errors of their own in each library."""
    try:
        host.encode("idna")
    except UnicodeError as exc:
        raise InputError(f"the address of {scheme}: has a host that is no name: {host!r}") from exc


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
