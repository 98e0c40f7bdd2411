"""Where the settings of the server come from: the environment and a TOML file; and how their faults are named."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic_core import ErrorDetails

from emoar.events.sinks import SINKS

__all__ = ["OTHER_VARIABLES", "PREFIX", "fault_of", "from_environment", "from_file"]

PREFIX: Final = "EMOAR_"
_LOGINS: Final = sorted({variable for sink in SINKS for variable in sink.variables})
OTHER_VARIABLES: Final = ("EMOAR_MODELS", "EMOAR_WORKER_STDERR", *_LOGINS)  # no settings of the server


def fault_of(error: ErrorDetails, sources: Mapping[str, str]) -> str:
    """What is wrong with a setting, by the name that it has in its source."""
    if not error["loc"]:
        return error["msg"].removeprefix("Value error, ")
    source = sources[str(error["loc"][0])]
    if error["type"] == "extra_forbidden":
        return f"{source} is not a setting (emoar serve --settings lists them)"
    if error["type"] == "value_error":
        return f"{source} {error['msg'].removeprefix('Value error, ')}"
    return f"{source} {error['msg'].removeprefix('Input ')}, got {error['input']!r}"


def from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Each setting in the environment: its name, its variable and its value."""
    for variable, value in environment.items():
        if variable.startswith(PREFIX) and variable not in OTHER_VARIABLES:
            yield variable.removeprefix(PREFIX).lower(), variable, value


def from_file(path: Path | None, faults: list[str]) -> Iterator[tuple[str, str, Any]]:
    """Each setting in a TOML file: its name, its place and its value. Adds to `faults` why the file cannot be read."""
    if path is None:
        return
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as exc:
        faults.append(f"cannot read {path}: {exc.strerror}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        faults.append(f"{path} is not valid TOML: {exc}")
    else:
        yield from ((name, f"{path}: {name}", value) for name, value in table.items())
