"""Finds names of a DEX file in Android's API 36, as a package of stubs for Python lists it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Member = tuple[str, str, tuple[str, ...] | None]
"""Class and name as DEX writes them, and the types of the parameters; None for a field."""

_PRIMITIVE = {"I": "int", "J": "int", "S": "int", "B": "int", "C": "str", "Z": "bool", "F": "float", "D": "float"}


def members(dex: Any) -> Iterator[Member]:
    """The members of Android's classes that the code names; through the app's own classes also those they inherit."""
    from androguard.core.dex import TypeMapItem

    parents = {found.get_name(): found.get_superclassname() for found in dex.get_classes()}
    own = {(found.get_name(), method.get_name()) for found in dex.get_classes() for method in found.get_methods()}
    own |= {(found.get_name(), field.get_name()) for found in dex.get_classes() for field in found.get_fields()}
    methods = dex.map_list.get_item_type(TypeMapItem.METHOD_ID_ITEM).gets()
    fields = dex.map_list.get_item_type(TypeMapItem.FIELD_ID_ITEM).gets()
    named = [(found.get_class_name(), found.get_name(), _parameters(found.get_proto()[0])) for found in methods]
    named += [(found.get_class_name(), found.get_name(), None) for found in fields]
    for owner, name, parameters in named:
        while owner in parents and (owner, name) not in own:
            owner = parents[owner]
        if owner.startswith("Landroid/"):
            yield owner, name, parameters


def overrides(dex: Any) -> Iterator[Member]:
    """The methods of the app's classes that have the name of one of Android's superclass."""
    for found in dex.get_classes():
        if found.get_superclassname().startswith("Landroid/"):
            for method in found.get_methods():
                yield (
                    found.get_superclassname(),
                    method.get_name(),
                    _parameters(method.get_descriptor().split(")")[0] + ")"),
                )


def exists(member: Member) -> bool:
    """Whether API 36 has the member, with parameters of these types."""
    owner, name, parameters = member
    return any(_fits(found, parameters) for found in _named(_python(owner), "__init__" if name == "<init>" else name))


def _parameters(prototype: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\[*(?:L[^;]+;|[A-Z])", prototype.replace(" ", "")))


def _python(descriptor: str) -> str:
    """`Landroid/os/Build$VERSION;` as `android.os.Build.VERSION`."""
    return descriptor[1:-1].replace("/", ".").replace("$", ".")


def _fits(found: ast.stmt, parameters: tuple[str, ...] | None) -> bool:
    if not isinstance(found, ast.FunctionDef):
        return parameters is None
    if parameters is None:
        return False
    given = [argument for argument in found.args.posonlyargs + found.args.args if argument.arg != "self"]
    texts = [ast.unparse(argument.annotation) for argument in given if argument.annotation]
    return len(texts) == len(parameters) and all(map(_same, texts, parameters))


def _same(annotation: str, descriptor: str) -> bool:
    if descriptor.startswith("["):
        return "JavaArray" in annotation
    name = _PRIMITIVE.get(descriptor) or descriptor[1:-1].replace("$", "/").rpartition("/")[2]
    return re.search(rf"\b{name}\b", annotation) is not None or name == "Object"


def _named(owner: str, name: str) -> Iterator[ast.stmt]:
    """The members of that name of a class and of those that it inherits from."""
    node, module = _class(owner)
    for found in node.body:
        if isinstance(found, ast.FunctionDef) and found.name == name:
            yield found
        if isinstance(found, ast.AnnAssign) and isinstance(found.target, ast.Name) and found.target.id == name:
            yield found
    for base in node.bases:
        text = re.sub(r"\[.*", "", ast.unparse(base))
        text = text if "." in text and text.split(".")[0] in ("android", "java") else f"{module}.{text}"
        if text.startswith("android."):
            yield from _named(text, name)


@cache
def _class(name: str) -> tuple[ast.ClassDef, str]:
    """A class and the name of its module."""
    parts = name.split(".")
    package = [part for part in parts if part[0].islower()]
    body = _module(".".join(package)).body
    node = None
    for part in parts[len(package) :]:
        node = next(found for found in body if isinstance(found, ast.ClassDef) and found.name == part)
        body = node.body
    assert node is not None, name
    return node, ".".join(package)


@cache
def _module(name: str) -> ast.Module:
    first, *rest = name.split(".")
    anchor = find_spec("pytest")
    assert anchor is not None
    assert anchor.origin is not None
    folder = Path(anchor.origin).parents[1] / f"{first}-stubs"
    return ast.parse(folder.joinpath(*rest, "__init__.pyi").read_text("utf-8"))
