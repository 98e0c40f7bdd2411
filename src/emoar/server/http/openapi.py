"""`/openapi.json`: FastAPI's description, with every error described as the problem that it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from emoar.labels import LABEL_SETS
from emoar.models.expression import expression_model_names
from emoar.server.http.problems import MEDIA_TYPE
from emoar.server.http.schemas import PicturesDocument, ProblemDocument, SceneDocument
from emoar.server.settings import Settings

__all__ = ["description_of", "methods_of"]

_REFERENCE: Final = "#/components/schemas/{model}"
_NAMED: Final = (SceneDocument, PicturesDocument, ProblemDocument)  # by reference, where FastAPI does not look
_PROBLEM: Final = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="ProblemDocument")}}}
_OF_ALL: Final = {
    "401": "A key is needed.",
    "403": "A page of another server asks.",
    "421": "The server does not go by this name.",
    "422": "A wrong parameter, or something that cannot be used.",
    "429": "Too many requests.",
    "503": "No room or time now.",
}


def description_of(api: FastAPI) -> dict[str, Any]:
    """The description; it is made once."""
    if api.openapi_schema is None:
        document = get_openapi(title=api.title, version=api.version, description=api.description, routes=api.routes)
        _describe_problems(document)
        _describe_limits(document, api.state.service.settings)
        schemas: dict[str, Any] = document["components"]["schemas"]
        for model in _NAMED:
            described = model.model_json_schema(ref_template=_REFERENCE)
            schemas |= described.pop("$defs", {}) | {model.__name__: described}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        api.openapi_schema = document
    return api.openapi_schema


def methods_of(api: FastAPI, path: str) -> str:
    """What may be done at an address, as the header Allow has it; empty when there is nothing of that name."""
    return ", ".join(method.upper() for method in description_of(api)["paths"].get(path, {}))


def _describe_problems(document: dict[str, Any]) -> None:
    for path, operation in _operations(document):
        responses: dict[str, Any] = operation["responses"]
        if path.startswith("/v1/"):
            for status, words in _OF_ALL.items():
                responses.setdefault(status, {"description": words})
        for status, response in responses.items():
            if status >= "400":
                response["content"] = _PROBLEM
        operation["responses"] = dict(sorted(responses.items()))


def _describe_limits(document: dict[str, Any], settings: Settings) -> None:
    """The values that this server takes; the code allows what some server may."""
    form: dict[str, Any] = document["paths"]["/v1/expressions"]["post"]["requestBody"]["content"]["multipart/form-data"]
    form["schema"]["properties"]["file"]["maxItems"] = settings.max_pictures
    for _, operation in _operations(document):
        for parameter in operation.get("parameters", []):
            if parameter["name"] == "max_faces":
                parameter["schema"]["maximum"] = settings.max_faces
            elif parameter["name"] == "labels" and settings.model in expression_model_names():
                parameter["schema"] = {"type": "string", "enum": list(LABEL_SETS)}


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation
