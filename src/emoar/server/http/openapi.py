"""`/openapi.json`: FastAPI's description, with every error described as a problem document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from emoar.server.http.problems import MEDIA_TYPE
from emoar.server.http.schemas import PicturesDocument, ProblemDocument, SceneDocument
from emoar.server.settings import Settings

__all__ = ["allowed_methods", "describe_api"]

_REFERENCE: Final = "#/components/schemas/{model}"
_ADDED_SCHEMAS: Final = (SceneDocument, PicturesDocument, ProblemDocument)  # referenced where FastAPI sees no model
_PROBLEM: Final = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="ProblemDocument")}}}
_COMMON_PROBLEMS: Final = {
    "401": "An API key is needed.",
    "403": "A page of another origin sends the request.",
    "421": "The host name is not one of the server's.",
    "422": "A wrong parameter, or unusable content.",
    "429": "Too many requests.",
    "503": "No room or time now.",
}


def describe_api(api: FastAPI, settings: Settings) -> dict[str, Any]:
    """The OpenAPI document; the first call builds it, later calls return the same one."""
    if api.openapi_schema is None:
        document = get_openapi(title=api.title, version=api.version, description=api.description, routes=api.routes)
        _describe_problems(document)
        _describe_limits(document, settings)
        if settings.needs_keys:
            document["security"] = [{"key": []}]
            document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        schemas: dict[str, Any] = document["components"]["schemas"]
        for model in _ADDED_SCHEMAS:
            described = model.model_json_schema(ref_template=_REFERENCE)
            schemas |= described.pop("$defs", {}) | {model.__name__: described}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        api.openapi_schema = document
    return api.openapi_schema


def allowed_methods(document: Mapping[str, Any], path: str) -> str:
    """The methods of a path, as the header Allow lists them; empty when the document has no such path."""
    return ", ".join(method.upper() for method in document["paths"].get(path, {}))


def _describe_problems(document: dict[str, Any]) -> None:
    for path, operation in _operations(document):
        responses: dict[str, Any] = operation["responses"]
        if path.startswith("/v1/"):
            for status, text in _COMMON_PROBLEMS.items():
                responses.setdefault(status, {"description": text})
        for status, response in responses.items():
            if status >= "400":
                response["content"] = _PROBLEM
        operation["responses"] = dict(sorted(responses.items()))


def _describe_limits(document: dict[str, Any], settings: Settings) -> None:
    """Replaces the limits of the code by this server's settings."""
    form: dict[str, Any] = document["paths"]["/v1/expressions"]["post"]["requestBody"]["content"]["multipart/form-data"]
    form["schema"]["properties"]["file"]["maxItems"] = settings.max_pictures
    for _, operation in _operations(document):
        for parameter in operation.get("parameters", []):
            if parameter["name"] == "max_faces":
                schema = parameter["schema"]
                schema["maximum"] = settings.max_faces
                schema["default"] = min(schema["default"], settings.max_faces)
            elif parameter["name"] == "label_set" and settings.label_sets is not None:
                parameter["schema"] = {"type": "string", "enum": list(settings.label_sets)}


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation
