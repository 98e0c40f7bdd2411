"""Reads TOML files into frozen dataclasses with checks by msgspec; every error names the file and the key.

A field's type defines the values of its key: `Annotated[int, Meta(ge=1)]`, `Literal["sgd", "adam"]`, another dataclass,
a tuple of any of these. Conditions on several fields are checked in `__post_init__`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import inspect

from emoar.errors import InputError

__all__ = ["NOT_BLANK", "convert", "read_table", "read_toml"]

NOT_BLANK: Final = r"\S"  # for `Meta(pattern=NOT_BLANK)`: a text with at least one non-space character

Kind = TypeVar("Kind")
_Path = tuple[str | int, ...]  # keys of tables and indices of lists, from the outside in
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


def read_toml(path: str | Path, kind: type[Kind]) -> Kind:
    """The content of a TOML file, as an instance of the frozen dataclass `kind`.

    Raises:
        InputError: the file cannot be read, is not TOML, has an unknown key, or a value of another type or range.
    """
    return convert(read_table(path), kind, str(path))


def read_table(path: str | Path) -> dict[str, Any]:
    """The content of a TOML file, as nested dictionaries that are not checked.

    Raises:
        InputError: the file cannot be read, or is not TOML in UTF-8.
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not TOML in UTF-8: {error}") from error


def convert(value: Any, kind: type[Kind], where: str, at: Sequence[str] = ()) -> Kind:
    """A value of TOML as a `kind`: a dataclass, or any type that msgspec supports.

    Args:
        value: from the result of `read_table`.
        kind: the type of the result.
        where: the start of each message: the file's name, or another name of the source.
        at: the keys that led to `value` in the file, for the messages.

    Raises:
        InputError: an unknown key, a missing key, or a value of another type or range.
    """
    _check_keys(value, _node(kind), tuple(at), where)
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise InputError(f"{where}: {_message(error, value, _node(kind), tuple(at))}") from error


@cache
def _node(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


def _check_keys(value: Any, node: inspect.Type, path: _Path, where: str) -> None:
    """Refuses keys without a field: msgspec ignores them in dataclasses, and a misspelt key would have no effect."""
    node = _bare(node)
    if isinstance(node, inspect.DataclassType) and isinstance(value, Mapping):
        fields = {field.encode_name: field.type for field in node.fields}
        for key, item in cast("Mapping[str, Any]", value).items():
            if key not in fields:
                raise InputError(f"{where}: unknown key {_name((*path, key))}{_hint(key, path, list(fields))}")
            _check_keys(item, fields[key], (*path, key), where)
    elif isinstance(node, inspect.VarTupleType) and isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            _check_keys(item, node.item_type, (*path, index), where)


def _hint(key: str, path: _Path, fields: list[str]) -> str:
    near = difflib.get_close_matches(key, fields, n=1)
    return f"; did you mean {_name((*path, near[0]))}?" if near else f"; known are {', '.join(fields)}"


def _message(error: msgspec.ValidationError, value: Any, node: inspect.Type, outer: _Path) -> str:
    text, _, at = str(error).partition(" - at `$")
    if "[...]" in at:  # inside a table with arbitrary keys, whose key msgspec does not report
        return str(error)
    path: _Path = tuple(key or int(index) for key, index in _STEP.findall(at.rstrip("`")))
    if error.__cause__ is not None:  # from a __post_init__
        return f"{_name((*outer, *path))}: {text}".removeprefix(": ")
    missing = re.fullmatch("Object missing required field `(.*)`", text)
    path = (*path, missing[1]) if missing else path
    got, expected = _at(value, node, path)
    name = _name((*outer, *path)) or "it"
    return f"{name} must be {_described(expected)}, got {'nothing' if missing else repr(got)}"


def _at(value: Any, node: inspect.Type, path: _Path) -> tuple[Any, inspect.Type]:
    """The value at a path (None where it is missing), and its type."""
    for step in path:
        node = _bare(node)
        if isinstance(node, inspect.DataclassType):
            node = next(field.type for field in node.fields if field.encode_name == step)
            value = value.get(step)
        else:
            assert isinstance(step, int)
            node = node.item_types[step] if isinstance(node, inspect.TupleType) else cast(Any, node).item_type
            value = value[step]
    return value, _bare(node)


def _bare(node: inspect.Type) -> inspect.Type:
    """The type without `Annotated` metadata and without `| None`, which TOML cannot express."""
    if isinstance(node, inspect.Metadata):
        return _bare(node.type)
    if isinstance(node, inspect.UnionType):
        others = [_bare(item) for item in node.types if not isinstance(item, inspect.NoneType)]
        return others[0] if len(others) == 1 else node
    return node


def _described(node: inspect.Type) -> str:
    """A type in words, such as "a whole number of at least 1"."""
    match _bare(node):
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType() as number:
            return f"a whole number{_range(number)}"
        case inspect.FloatType() as number:
            return f"a number{_range(number)}"
        case inspect.StrType() as text:
            return "a non-empty text" if text.pattern or text.min_length else "a text"
        case inspect.LiteralType() as literal:
            return f"one of {', '.join(map(str, literal.values))}"
        case inspect.TupleType() as items:
            return f"a list of {len(items.item_types)} {_plural(items.item_types[0])}"
        case inspect.VarTupleType() as items:
            least = f"at least {items.min_length} " if items.min_length else ""
            return f"a list of {least}{_plural(items.item_type)}"
        case inspect.DataclassType() | inspect.DictType():
            return "a table"
        case inspect.UnionType() as union:
            return " or ".join(_described(item) for item in union.types if not isinstance(item, inspect.NoneType))
        case other:
            return type(other).__name__.removesuffix("Type").lower()


def _plural(node: inspect.Type) -> str:
    return re.sub(r"^a ((?:non-empty |whole )?\w+)", r"\1s", _described(node))


def _range(number: inspect.IntType | inspect.FloatType) -> str:
    if number.ge is not None and number.le is not None:
        return f" from {number.ge:g} to {number.le:g}"
    limits = (("of at least", number.ge), ("above", number.gt), ("of at most", number.le), ("below", number.lt))
    words = " and ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None)
    return f" {words}" if words else ""


def _name(path: _Path) -> str:
    """A path as text for messages: `augment.scale`, `places number 2: turn_deg`."""
    steps = (f" number {step + 1}: " if isinstance(step, int) else f"{step}." for step in path)
    return "".join(steps).replace(". number", " number").strip(" .:")
