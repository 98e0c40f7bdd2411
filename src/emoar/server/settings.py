"""All settings of the server: their types, their limits, and the sources that they are read from.

The setting `max_faces` is `EMOAR_MAX_FACES` in the environment and `max_faces` in `emoar.toml`. The command line takes
precedence over the environment, the environment over the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from platformdirs import user_cache_dir, user_config_dir
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from emoar.errors import InputError
from emoar.models.expression import DEFAULT_MODEL
from emoar.server.setting_sources import OTHER_VARIABLES, PREFIX, fault_of, from_environment, from_file
from emoar.server.setting_types import (
    Bytes,
    Count,
    CountOrZero,
    HomePath,
    Hosts,
    Network,
    OptionalPath,
    Origins,
    Proxies,
    Rate,
    Seconds,
    listed,
    networks_in,
)

__all__ = ["ENGINES", "OTHER_VARIABLES", "PREFIX", "Settings", "load_settings"]

Engine = Literal["local", "ray"]
ENGINES: Final[tuple[str, ...]] = get_args(Engine)
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(BaseModel):
    """The server's settings, frozen.

    Raises:
        pydantic.ValidationError: at least one value is wrong; `load_settings` gives an `InputError` instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    # address
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000  # 0: any free port
    public: bool = False  # listen beyond this machine: needs keys and TLS
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
    model_folder: OptionalPath = None  # folder of the public models; empty: EMOAR_MODELS or the user's cache
    # limits
    max_upload_bytes: Bytes = 10_000_000  # of a request with pictures
    max_pixels: Count = 40_000_000  # of a picture
    max_faces: Count = 20  # of a picture
    max_pictures: Count = 16  # of a request
    max_requests: Count = 32  # pictures at the workers or waiting for them
    max_requests_per_address: CountOrZero = 0  # and of a key; 0: half of max_requests when public, else all
    max_queued_megapixels: Count = 400  # of these pictures together; one picture always has room
    max_connections: Count = 512
    max_connections_per_address: CountOrZero = 0  # 0: half of max_connections when public, else all
    max_uploads: Count = 64  # requests whose body is being received
    max_uploads_per_address: CountOrZero = 0  # and of a key; 0: half of max_uploads when public, else all
    max_sockets: CountOrZero = 16  # live sockets at a time
    max_sockets_per_address: CountOrZero = 0  # and of a key; 0: half of max_sockets when public, else all
    max_frames_per_s: Rate = -1.0  # live, of a key, and of an address; 0: no limit, -1: 120 when public, else no limit
    request_s: Seconds = 10.0  # for a response, once the request is received
    picture_s: Seconds = 5.0  # of request_s, at a worker; a worker that takes longer is replaced
    upload_s: Seconds = 10.0  # for receiving a body of pictures
    idle_s: Seconds = 30.0  # a connection or live socket without traffic
    stall_s: Seconds = 5.0  # a client that stops reading its response or sending its request
    drain_s: Seconds = 20.0  # for open requests when the server stops
    rate_per_s: Rate = -1.0  # requests of a key, and of an address; 0: no limit, -1: 20 when public, else no limit
    rate_burst: Count = 40  # requests at once before the rate applies
    megapixels_per_s: Rate = (
        -1.0
    )  # of a key's pictures, and of an address; 0: no limit, -1: 20 when public, else no limit
    # video jobs
    max_video_bytes: Bytes = 200_000_000
    max_jobs: CountOrZero = 8  # being received, waiting or running
    max_jobs_per_address: CountOrZero = 0  # and of a key; 0: half of max_jobs when public, else all
    max_running_jobs: Count = 1
    max_kept_jobs: Count = 16  # finished; above it, the client with the most of them loses its oldest
    max_result_bytes: Bytes = 1_000_000_000  # of each file that a job writes
    job_s: Seconds = 3600.0  # a job that runs longer is cancelled
    job_ttl_s: Seconds = 3600.0  # from the end of a job until its files are deleted
    job_folder: HomePath = Path(user_cache_dir("emoar")) / "jobs"  # each server creates its own folder in it
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

    @property
    def tls(self) -> bool:
        """Whether the server itself speaks HTTPS."""
        return self.tls_certificate is not None

    @property
    def needs_keys(self) -> bool:
        """Whether a request must have an API key."""
        return self.require_keys or (self.public and not self.force)

    @property
    def requests_per_s(self) -> float:
        """The effective rate limit in requests per second; 0: no limit."""
        return self.rate_per_s if self.rate_per_s >= 0 else (20.0 if self.public else 0.0)

    @property
    def megapixel_rate(self) -> float:
        """The effective limit on the megapixels per second of one address or key; 0: no limit."""
        return self.megapixels_per_s if self.megapixels_per_s >= 0 else (20.0 if self.public else 0.0)

    @property
    def megapixel_burst(self) -> int:
        """Megapixels of a client at once before its rate applies: some of the largest pictures."""
        return max(4, 4 * self.max_pixels // 1_000_000)

    @property
    def requests_per_address(self) -> int:
        """The effective limit on the pictures of one address or key at the workers or waiting for them."""
        return self.max_requests_per_address or self._share(self.max_requests)

    @property
    def jobs_per_address(self) -> int:
        """The effective limit on the unfinished video jobs of one address or key."""
        return self.max_jobs_per_address or self._share(self.max_jobs)

    @property
    def worker_s(self) -> float:
        """The effective limit on the seconds of one picture at a worker."""
        return min(self.picture_s, self.request_s)

    @property
    def frames_per_s(self) -> float:
        """The effective limit on processed live frames per second; 0: no limit."""
        return self.max_frames_per_s if self.max_frames_per_s >= 0 else (120.0 if self.public else 0.0)

    @property
    def uploads_per_address(self) -> int:
        """The effective limit on the bodies that one address or key may send at the same time."""
        return self.max_uploads_per_address or self._share(self.max_uploads)

    @property
    def connections_per_address(self) -> int:
        """The effective limit on the open connections of one address."""
        return self.max_connections_per_address or self._share(self.max_connections)

    @property
    def sockets_per_address(self) -> int:
        """The effective limit on the live sockets of one address or key."""
        return self.max_sockets_per_address or self._share(self.max_sockets)

    def _share(self, limit: int) -> int:
        return (limit + 1) // 2 if self.public else limit

    @property
    def hides_addresses(self) -> bool:
        """Whether a proxy in front, which is not named, gives all clients its own address."""
        return self.public and self.force and not self.trusted_proxies

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
    for name in ("connections", "uploads", "sockets"):
        limit, share = getattr(s, f"max_{name}"), getattr(s, f"max_{name}_per_address")
        if share > limit:
            yield f"max_{name}_per_address must be at most max_{name} ({limit})"
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
