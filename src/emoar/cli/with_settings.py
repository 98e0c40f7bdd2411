"""A decorator that gives a command the shared options."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import wraps
from typing import Any, get_type_hints

from emoar.cli.options import Settings

__all__ = ["with_settings"]

_Run = Callable[..., None]


def with_settings(*, leave_out: Sequence[str] = (), **defaults: Any) -> Callable[[_Run], _Run]:
    """Decorates a command: adds one option for each field of `Settings`, and passes them as one argument `settings`.

    Args:
        leave_out: fields that are no option of the command.
        defaults: defaults that differ from those in `Settings`, by field name.
    """
    hints = get_type_hints(Settings, include_extras=True)
    options = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=defaults.get(field.name, field.default),
            annotation=hints[field.name],
        )
        for field in fields(Settings)
        if field.name not in leave_out
    ]

    def decorate(function: _Run) -> _Run:
        @wraps(function)
        def command(**arguments: Any) -> None:
            settings = Settings(**{option.name: arguments.pop(option.name) for option in options})
            function(settings=settings, **arguments)

        signature = inspect.signature(function, eval_str=True)
        own = [parameter for name, parameter in signature.parameters.items() if name != "settings"]
        parameters = [*(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own), *options]
        vars(command).update(__signature__=signature.replace(parameters=parameters))
        command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return command

    return decorate
