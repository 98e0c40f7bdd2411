"""The description of the API, beside the API."""

from __future__ import annotations

from typing import Any

import httpx
from fastapi import FastAPI
from server_process import URL

from emoar.server.http.openapi import allowed_methods, describe_api
from emoar.server.http.schemas import SceneDocument
from emoar.server.routes import expressions, videos
from emoar.server.settings import Settings


def described(**settings: Any) -> dict[str, Any]:
    api = FastAPI()
    for routes in (expressions, videos):
        api.include_router(routes.router)
    return describe_api(api, Settings(**settings))


def test_the_limits_are_those_of_the_server() -> None:
    document = described(max_pictures=3, max_faces=7)
    post = document["paths"][URL]["post"]
    assert post["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]["file"]["maxItems"] == 3
    parameters = {parameter["name"]: parameter["schema"] for parameter in post["parameters"]}
    assert parameters["max_faces"]["maximum"] == 7
    assert parameters["label_set"] == {"type": "string", "enum": ["ferplus", "fer2013"]}
    assert set(parameters) == {"mode", "max_faces", "label_set", "landmarks", "measures", "valence", "overlays"}


def test_every_error_is_a_problem_document() -> None:
    for operations in described()["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                assert status < "400" or list(response["content"]) == ["application/problem+json"]


def test_a_key_is_described_where_it_is_needed() -> None:
    assert "security" not in described()
    assert described(require_keys=True)["security"] == [{"key": []}]


def test_allowed_methods() -> None:
    document = described()
    assert allowed_methods(document, "/v1/videos/{job_id}") == "GET, DELETE"
    assert allowed_methods(document, "/nothing") == ""


def test_the_description_describes_the_response(http: httpx.Client, jpeg: bytes) -> None:

    description = http.get("/openapi.json").json()
    assert set(description["paths"][URL]["post"]["requestBody"]["content"]) >= {"multipart/form-data", "image/jpeg"}
    for reference in _references(description):
        assert reference.rpartition("/")[2] in description["components"]["schemas"]
    scene = http.post(
        URL, content=jpeg, params={"landmarks": True, "measures": True, "valence": True, "overlays": "box"}
    ).json()
    SceneDocument.model_validate(scene)


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        found = [part["$ref"]] if "$ref" in part else []
        return found + [ref for value in part.values() for ref in _references(value)]
    return [ref for value in part for ref in _references(value)] if isinstance(part, list) else []
