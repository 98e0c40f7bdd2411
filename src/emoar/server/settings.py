"""Everything that can be set about the server: its fields, their limits, and where they are read from.

A field `max_faces` is `EMOAR_MAX_FACES` in the environment and `max_faces` in `emoar.toml`. The command line wins over
the environment, the environment over the file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, get_type_hints

from platformdirs import user_cache_dir, user_config_dir

from emoar.errors import InputError
from emoar.models.expression import DEFAULT_MODEL
from emoar.server.setting_values import read_value

__all__ = ["ENGINES", "OTHER_VARIABLES", "PREFIX", "Settings", "load_settings"]

PREFIX: Final = "EMOAR_"
ENGINES: Final = ("local", "ray")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
OTHER_VARIABLES: Final = (
    "EMOAR_MODELS",
    "EMOAR_API_KEY",
    "EMOAR_WORKER_STDERR",
)  # of EmoAR, and no settings of the server


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Settings:
    """The server's settings, checked all together.

    Raises:
        InputError: one line that names every setting that is wrong.
    """

    # where it listens
    host: str = "127.0.0.1"
    port: int = 8000  # 0: any free one
    public: bool = False  # listen beyond this machine: needs keys and TLS
    force: bool = False  # public without keys or TLS, behind a proxy that has them
    tls_certificate: Path | None = None  # PEM
    tls_key: Path | None = None  # PEM
    trusted_proxies: str = ""  # addresses, with commas, whose X-Forwarded-For is believed
    allowed_hosts: str = ""  # names, with commas, by which a public server is called; empty: any
    cors_origins: str = ""  # web pages, with commas, that may ask: https://example.org
    # what it runs
    engine: str = "local"
    replicas: int = 2  # of engine ray, at most
    workers: int = 0  # processes with the models; 0: one a core
    model: str = DEFAULT_MODEL
    model_folder: Path | None = None  # of the public models
    # limits
    max_upload_bytes: int = 10_000_000  # of a request with pictures
    max_pixels: int = 40_000_000  # of a picture
    max_faces: int = 20  # of a picture
    max_pictures: int = 16  # of a request
    max_requests: int = 32  # with the workers or waiting for them
    max_connections: int = 512
    max_uploads: int = 64  # requests whose body is on its way
    max_uploads_per_address: int = 0  # of them from one address; 0: half of them when public, else all
    max_sockets: int = 16  # live, at a time
    request_s: float = 10.0  # for an answer, once the request is here
    upload_s: float = 10.0  # for a body of pictures to come in
    idle_s: float = 30.0  # a connection or live socket that says nothing
    stall_s: float = 5.0  # a client that takes no more of its answer, or sends no more of its request
    drain_s: float = 20.0  # at the end, for what is under way
    rate_per_s: float = -1.0  # requests of a key, and of an address; 0: no limit, -1: 20 when public, else none
    rate_burst: int = 40  # requests that may come at once before the rate counts
    # video jobs
    max_video_bytes: int = 200_000_000
    max_jobs: int = 8  # kept at a time, finished ones too
    max_running_jobs: int = 1
    job_s: float = 3600.0  # a job that runs longer is ended
    job_ttl_s: float = 3600.0  # a finished job is deleted so long after
    job_folder: Path = Path(user_cache_dir("emoar")) / "jobs"  # of this server alone
    # who may
    keys_file: Path = Path(user_config_dir("emoar")) / "keys.json"
    require_keys: bool = False  # always, when public
    # what it says
    log_level: str = "info"

    def __post_init__(self) -> None:
        problems = [*_problems(self)]
        if problems:
            raise InputError("; ".join(problems))

    @property
    def worker_count(self) -> int:
        """Processes with the models."""
        return self.workers or _cores()

    @property
    def tls(self) -> bool:
        return self.tls_certificate is not None

    @property
    def needs_keys(self) -> bool:
        """Whether a request must bring a key."""
        return self.require_keys or (self.public and not self.force)

    @property
    def requests_per_s(self) -> float:
        """The rate that counts; 0 is no limit."""
        return self.rate_per_s if self.rate_per_s >= 0 else (20.0 if self.public else 0.0)

    @property
    def uploads_per_address(self) -> int:
        return self.max_uploads_per_address or (self.max_uploads // 2 if self.public else self.max_uploads)

    def origins(self) -> tuple[str, ...]:
        """Web pages of other servers that may ask."""
        return tuple(origin.strip().rstrip("/") for origin in self.cors_origins.split(",") if origin.strip())

    def hosts(self) -> tuple[str, ...]:
        """Names by which this server may be called; empty when any will do."""
        named = tuple(host.strip().lower() for host in self.allowed_hosts.split(",") if host.strip())
        return named if self.public else (*_LOOPBACK, "[::1]", *named)


_LEAST: Final = {
    "replicas": 1,
    "max_upload_bytes": 1000,
    "max_pixels": 1,
    "max_faces": 1,
    "max_pictures": 1,
    "max_requests": 1,
    "max_connections": 1,
    "max_uploads": 1,
    "max_sockets": 0,
    "rate_burst": 1,
    "max_video_bytes": 1000,
    "max_jobs": 0,
    "max_running_jobs": 1,
    "workers": 0,
    "max_uploads_per_address": 0,
    "rate_per_s": -1,
}
_SECONDS: Final = ("request_s", "upload_s", "idle_s", "stall_s", "drain_s", "job_s", "job_ttl_s")
_LEVELS: Final = ("debug", "info", "warning", "error")


def _problems(s: Settings) -> list[str]:
    """What is wrong with the settings, each in a few words."""
    found = [
        f"{name} must be at least {least}, got {getattr(s, name)}"
        for name, least in _LEAST.items()
        if not getattr(s, name) >= least
    ]
    found += [f"{name} must be above 0 s, got {getattr(s, name)}" for name in _SECONDS if not getattr(s, name) > 0]
    if not 0 <= s.port <= 65535:
        found.append(f"port must be within 0..65535, got {s.port}")
    if s.engine not in ENGINES:
        found.append(f"engine must be one of {', '.join(ENGINES)}, got {s.engine!r}")
    if s.log_level not in _LEVELS:
        found.append(f"log_level must be one of {', '.join(_LEVELS)}, got {s.log_level!r}")
    if "*" in s.cors_origins:
        found.append("cors_origins must name each page (https://example.org), * is not taken")
    if s.uploads_per_address > s.max_uploads:
        found.append(f"max_uploads_per_address must be at most max_uploads ({s.max_uploads})")
    return found + _tls_problems(s) + _public_problems(s)


def _tls_problems(s: Settings) -> list[str]:
    if (s.tls_certificate is None) != (s.tls_key is None):
        return ["tls_certificate and tls_key go together: give both"]
    named = (("tls_certificate", s.tls_certificate), ("tls_key", s.tls_key))
    return [f"{name}: {path} is no file" for name, path in named if path is not None and not path.is_file()]


def _public_problems(s: Settings) -> list[str]:
    if not s.public:
        if s.host in _LOOPBACK:
            return []
        return [f"host {s.host} is seen by other machines: add --public, or use 127.0.0.1"]
    if s.force:
        return []
    found: list[str] = []
    if not s.tls:
        found.append("--public needs tls_certificate and tls_key (or --force behind a proxy that has them)")
    if not s.keys_file.is_file():
        found.append("--public needs API keys: emoar keys create NAME (or --force behind a proxy that checks)")
    return found


def load_settings(
    config: Path | None = None, environment: Mapping[str, str] | None = None, **given: object
) -> Settings:
    """The settings of a file, the environment and the command line; `None` in `given` means not given.

    Raises:
        InputError: one line that names everything that is wrong in all of them.
    """
    environment = os.environ if environment is None else environment
    problems: list[str] = []
    values: dict[str, Any] = {}
    for name, raw, where in (*_from_file(config, problems), *_from_environment(environment, problems)):
        try:
            values[name] = read_value(_KINDS[name], raw)
        except ValueError as exc:
            problems.append(f"{where} must be {exc}, got {raw!r}")
    values |= {name: value for name, value in given.items() if value is not None}
    if values.get("public") and "host" not in values:
        values["host"] = "0.0.0.0"  # that is what public means
    try:
        settings = Settings(**values)
    except InputError as exc:
        problems.append(str(exc))
    if problems:
        raise InputError("; ".join(problems))
    return settings  # pyright: ignore[reportPossiblyUnboundVariable]


_KINDS: Final[dict[str, Any]] = {f.name: get_type_hints(Settings)[f.name] for f in fields(Settings)}


def _from_environment(environment: Mapping[str, str], problems: list[str]) -> list[tuple[str, Any, str]]:
    found: list[tuple[str, Any, str]] = []
    for variable, raw in environment.items():
        if not variable.startswith(PREFIX) or variable in OTHER_VARIABLES:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name in _KINDS:
            found.append((name, raw, variable))
        else:
            problems.append(f"{variable} is no setting (emoar serve --settings lists them)")
    return found


def _from_file(path: Path | None, problems: list[str]) -> list[tuple[str, Any, str]]:
    if path is None:
        return []
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as exc:
        problems.append(f"cannot read {path}: {exc.strerror}")
        return []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        problems.append(f"{path} is no TOML: {exc}")
        return []
    problems += [f"{path}: {name} is no setting" for name in table if name not in _KINDS]
    return [(name, raw, f"{path}: {name}") for name, raw in table.items() if name in _KINDS]
