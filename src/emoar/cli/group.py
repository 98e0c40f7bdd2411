"""A group of commands that are imported on first use, and the error messages of all commands."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from emoar.errors import DependencyMissing, EmoarError, MediaWarning, OutputError

__all__ = ["COMMON", "Command", "LazyGroup", "is_quiet", "is_verbose", "report", "short_warnings"]

_INTERRUPTED: Final = 130  # 128 + SIGINT, as in shells
# the extra that each command needs
_EXTRAS: Final = {
    "archive": "archive",
    "train": "train",
    "federated": "federated",
    "demo": "demo",
    "evaluate": "data",
    "data": "clean",
    "serve": "server",
    "keys": "server",
}
_BROKEN_PIPE: Final = 141  # 128 + SIGPIPE


@dataclass(frozen=True)
class Command:
    """A command, the location of its code and its one-line help."""

    name: str
    target: str  # "module:attribute"; a function or a `typer.Typer`
    help: str  # one line


def _remember(context: typer.Context, parameter: typer.CallbackParam, value: bool) -> bool:
    if value:
        context.find_root().ensure_object(dict)[parameter.name] = True
    return value


# Also added to every command, so that both `emoar -v image` and `emoar image -v` work.
COMMON: Final[dict[str, Any]] = {
    "quiet": typer.Option(
        "-q", "--quiet", help="Print nothing but results and errors.", callback=_remember, expose_value=True
    ),
    "verbose": typer.Option(
        "-v", "--verbose", help="Print more; show the traceback of an error.", callback=_remember, expose_value=True
    ),
}


def _remembered(context: typer.Context, name: str) -> bool:
    given: Any = context.find_root().obj
    return bool(given and given.get(name))


def is_quiet(context: typer.Context) -> bool:
    """Whether `-q` was given, before or after the command."""
    return _remembered(context, "quiet")


def is_verbose(context: typer.Context) -> bool:
    """Whether `-v` was given, before or after the command."""
    return _remembered(context, "verbose")


class LazyGroup(TyperGroup):
    """A group that lists its commands by name and one-line help; `resolve_command` imports only the requested one."""

    def register(self, commands: Sequence[Command]) -> None:
        """Adds a placeholder for each command, without importing its module."""
        self._targets = {command.name: command.target for command in commands}
        for command in commands:
            self.commands[command.name] = TyperCommand(name=command.name, help=command.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Imports the requested command and returns it in place of its placeholder.

        Raises:
            DependencyMissing: the command needs an extra that is not installed.
        """
        name, stand_in, rest = super().resolve_command(ctx, args)
        if name is None or stand_in is None:
            return name, stand_in, rest
        return name, self._load(name, stand_in.help or ""), rest

    def invoke(self, ctx: Any) -> Any:
        """Runs the command and prints its error.

        Raises:
            typer.Exit: with the exit code of the error.
        """
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except (Exception, KeyboardInterrupt) as exc:
            raise typer.Exit(report(exc, verbose=is_verbose(ctx))) from exc

    def _load(self, name: str, summary: str) -> Any:
        module_name, attribute = self._targets[name].split(":")
        try:
            module = import_module(module_name)
        except ModuleNotFoundError as exc:
            if exc.name is None or exc.name.split(".")[0] == "emoar":
                raise
            cure = f"pip install 'emoar[{_EXTRAS[name]}]'" if name in _EXTRAS else "install emoar again"
            raise DependencyMissing(f"emoar {name} needs {exc.name}: {cure}") from exc
        target: Any = getattr(module, attribute)
        if not isinstance(target, typer.Typer):
            single = typer.Typer(add_completion=False, rich_markup_mode="rich")
            epilog: str | None = getattr(module, "EPILOG", None)
            single.command(name, epilog=epilog, context_settings=dict(self.context_settings))(target)
            command: Any = typer.main.get_command(single)
        else:
            command = typer.main.get_group(target)
        command.name, command.short_help = name, summary
        _add_common(command, [p for p in self.params if p.name in COMMON])
        return command


def report(exc: BaseException, *, verbose: bool, item: object = "") -> int:
    """Prints the error as one line on stderr and returns the exit code; with `verbose`, also prints the traceback.

    An unexpected error of one of several items has the item's name in front; other errors name it themselves.
    """
    if isinstance(exc, BrokenPipeError):  # the reader of stdout has ended, for example `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    if verbose and not isinstance(exc, KeyboardInterrupt) and not hasattr(exc, "format_message"):
        traceback.print_exception(exc)
    code, line = _explain(exc)
    if item and not isinstance(exc, EmoarError):
        line = f"{item}: {line}"
    print(f"emoar: {' '.join(line.split())}", file=sys.stderr)
    return code


@contextmanager
def short_warnings() -> Generator[None]:
    """Prints `MediaWarning` as one line on stderr in the `with` block, each time."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", MediaWarning)
        usual = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *rest: Any) -> None:
            if issubclass(category, MediaWarning):
                print(f"emoar: {message}", file=sys.stderr)
            else:
                usual(message, category, *rest)

        warnings.showwarning = show
        yield


def _explain(exc: BaseException) -> tuple[int, str]:
    if isinstance(exc, KeyboardInterrupt):
        return _INTERRUPTED, "stopped"
    if isinstance(exc, EmoarError):
        return exc.exit_code, str(exc)
    if isinstance(exc, OSError) and exc.filename:
        return OutputError.exit_code, f"{exc.filename}: {exc.strerror}"
    format_message: Any = getattr(exc, "format_message", None)  # a wrong option or argument
    if format_message is not None:
        context: Any = getattr(exc, "ctx", None)
        hint = f" (see: {context.command_path} --help)" if context is not None else ""
        return int(getattr(exc, "exit_code", 2)), f"{format_message().rstrip('.')}{hint}"
    return 1, f"unexpected {type(exc).__name__}: {exc}; run with -v for the traceback"


def _add_common(command: Any, params: Sequence[Any]) -> None:
    """Adds -q and -v to a command and its subcommands, unless it has options of those names."""
    for child in getattr(command, "commands", {}).values():
        _add_common(child, params)
    if hasattr(command, "commands"):
        return
    present = {name for param in command.params for name in param.opts}
    command.params += [_silent(param) for param in params if not present & set(param.opts)]


def _silent(param: Any) -> Any:
    """A copy of the option whose value is stored in the context and not passed to the command's function."""
    from copy import copy

    twin = copy(param)
    twin.expose_value = False
    return twin
