"""All settings of the server: their types, their limits, and the sources that they are read from.

The setting `max_faces` is `EMOAR_MAX_FACES` in the environment and `max_faces` in `emoar.toml`. The command line takes
precedence over the environment, the environment over the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from platformdirs import user_config_dir
from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from emoar.errors import InputError
from emoar.labels import LABEL_SETS, PERSONAL
from emoar.models.shipped import DEFAULT_MODEL, expression_model_names
from emoar.server.setting_limits import LimitSettings
from emoar.server.setting_sources import OTHER_VARIABLES, PREFIX, fault_of, from_environment, from_file
from emoar.server.setting_types import (
    Count,
    CountOrZero,
    HomePath,
    Hosts,
    Network,
    OptionalPath,
    Origins,
    Proxies,
    Sinks,
    listed,
    networks_in,
)

__all__ = ["ENGINES", "OTHER_VARIABLES", "PREFIX", "Settings", "load_settings"]

Engine = Literal["local", "ray"]
ENGINES: Final[tuple[str, ...]] = get_args(Engine)
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(LimitSettings):
    """The server's settings, frozen.

    Raises:
        pydantic.ValidationError: at least one value is wrong; `load_settings` gives an `InputError` instead.
    """

    # address
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000  # 0: any free port
    force: bool = False  # public without keys or TLS, behind a proxy that has them
    tls_certificate: OptionalPath = None  # PEM
    tls_key: OptionalPath = None  # PEM
    trusted_proxies: Proxies = ""  # addresses and networks, separated by commas, whose X-Forwarded-For is used
    # names of the server, separated by commas; empty: localhost and IP addresses, or any when public with keys
    allowed_hosts: Hosts = ""
    cors_origins: Origins = ""  # origins that may send requests, separated by commas: https://example.org
    # models
    engine: Engine = "local"
    replicas: Count = 2  # maximum of engine ray
    workers: CountOrZero = 0  # processes with the models; 0: one per core
    model: str = DEFAULT_MODEL
    personal: OptionalPath = None  # a personal head on that model, .json
    model_folder: OptionalPath = None  # folder of the public models; empty: EMOAR_MODELS or the user's cache
    # other programs
    federated: OptionalPath = None  # folder of emoar federated gateway: browsers may send it updates of the head
    send: Sinks = ""  # addresses, separated by spaces, that get events and scenes of live sockets: osc://127.0.0.1:9000
    # access
    keys_file: HomePath = Path(user_config_dir("emoar")) / "keys.json"
    require_keys: bool = False  # public without force always requires them
    # log
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _check_combinations(self) -> Settings:
        faults = [*_combination_faults(self), *_public_faults(self)]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def worker_count(self) -> int:
        """The number of processes with the models: `workers`, or the number of usable cores."""
        return self.workers or _cores()

    @property
    def model_argument(self) -> str:
        """The model for a child process, which has another working folder: a name, or an absolute path."""
        path = Path(self.model).expanduser()
        return str(path.resolve()) if path.is_file() else self.model

    @cached_property  # asked for by each request; it reads the shipped models' manifest
    def label_sets(self) -> tuple[str, ...] | None:
        """The label sets that a request may name; None for a model file, whose sets only the workers know."""
        if self.model not in expression_model_names():
            return None
        return (*LABEL_SETS, *([] if self.personal is None else [PERSONAL]))

    @property
    def personal_argument(self) -> str | None:
        """The personal head for a child process: an absolute path."""
        return None if self.personal is None else str(self.personal.expanduser().resolve())

    @property
    def tls(self) -> bool:
        """Whether the server itself speaks HTTPS."""
        return self.tls_certificate is not None

    @property
    def needs_keys(self) -> bool:
        """Whether a request must have an API key."""
        return self.require_keys or (self.public and not self.force)

    @property
    def hides_addresses(self) -> bool:
        """Whether a proxy in front, which is not named, gives all clients its own address."""
        return self.public and self.force and not self.trusted_proxies

    def sinks(self) -> tuple[str, ...]:
        """The addresses of `send`."""
        return tuple(self.send.split())

    def proxies(self) -> tuple[Network, ...]:
        """The networks of `trusted_proxies`."""
        return networks_in(self.trusted_proxies)

    def origins(self) -> tuple[str, ...]:
        """The other origins whose pages may send requests, in lower case and without a trailing slash."""
        return tuple(origin.rstrip("/").lower() for origin in listed(self.cors_origins))

    def hosts(self) -> tuple[str, ...]:
        """The host names that this server accepts, in lower case."""
        named = tuple(host.lower() for host in listed(self.allowed_hosts))
        return named if self.public and named else (*_LOOPBACK, "[::1]", *named)

    @property
    def any_host(self) -> bool:
        """Whether all host names are accepted: pages of others can use a name of theirs, but have no key."""
        return self.public and self.needs_keys and not listed(self.allowed_hosts)

    @property
    def any_address(self) -> bool:
        """Whether all IP addresses are accepted as host names: no page of others can have one."""
        return self.public and not listed(self.allowed_hosts)


def _combination_faults(s: Settings) -> Iterator[str]:
    for name in ("requests", "connections", "uploads", "sockets", "event_sockets", "jobs", "sessions"):
        limit, share = getattr(s, f"max_{name}"), getattr(s, f"max_{name}_per_address")
        if share > limit:
            yield f"max_{name}_per_address must be at most max_{name} ({limit})"
    if s.send and s.engine == "ray":
        yield "send needs engine local: each replica of ray would send for itself"
    if s.federated is not None and s.engine == "ray":
        yield "federated needs engine local: replicas of ray may run on machines without the folder"
    if s.federated is not None and s.federated.exists() and not s.federated.is_dir():
        yield f"federated: {s.federated} is not a folder"
    if (s.tls_certificate is None) != (s.tls_key is None):
        yield "tls_certificate and tls_key go together: give both"
        return
    for name, path in (("tls_certificate", s.tls_certificate), ("tls_key", s.tls_key)):
        if path is not None and not path.is_file():
            yield f"{name}: {path} is not a file"


def _public_faults(s: Settings) -> Iterator[str]:
    if not s.public and s.host not in _LOOPBACK:
        yield f"host {s.host} is reachable from other machines: add --public, or use 127.0.0.1"
    if not s.public or s.force:
        return
    if not s.tls:
        yield "--public needs tls_certificate and tls_key (or --force behind a proxy that has them)"
    if not s.keys_file.is_file():
        yield "--public needs API keys: emoar keys create NAME (or --force behind a proxy that checks)"


def load_settings(
    config: Path | None = None, environment: Mapping[str, str] | None = None, **given: object
) -> Settings:
    """The settings of a TOML file, the environment (`os.environ` unless given) and the command line.

    A value of None in `given` means that the option was not used.

    Raises:
        InputError: one line that names every fault in all of these sources.
    """
    environment = os.environ if environment is None else environment
    faults: list[str] = []
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}  # setting -> its name in the source of its value
    for name, source, value in (*from_file(config, faults), *from_environment(environment)):
        values[name], sources[name] = value, source
    for name, value in given.items():
        if value is not None:
            values[name], sources[name] = value, name
    settings, errors = _validated(values)
    if settings is not None and settings.public and "host" not in values:
        settings = settings.model_copy(update={"host": "0.0.0.0"})  # all interfaces
    faults += [fault_of(error, sources) for error in errors]
    if settings is None or faults:
        raise InputError("; ".join(faults))
    return settings


def _validated(values: dict[str, Any]) -> tuple[Settings | None, list[ErrorDetails]]:
    """The settings, or all errors. pydantic checks combinations only when every single value is valid."""
    try:
        return Settings(**values), []
    except ValidationError as exc:
        errors = exc.errors()
    wrong = {error["loc"][0] for error in errors if error["loc"]}
    return None, errors + (_validated({k: v for k, v in values.items() if k not in wrong})[1] if wrong else [])
