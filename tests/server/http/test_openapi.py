"""The description of the API, beside the API."""

from __future__ import annotations

import httpx

from emoar.server.http.schemas import SceneDocument

URL = "/v1/expressions"


def test_the_description_describes_the_answer(http: httpx.Client, jpeg: bytes) -> None:
    from emoar.server.http.schemas import SceneDocument

    description = http.get("/openapi.json").json()
    assert set(description["paths"][URL]["post"]["requestBody"]["content"]) >= {"multipart/form-data", "image/jpeg"}
    for reference in _references(description):
        assert reference.rpartition("/")[2] in description["components"]["schemas"]
    answer = http.post(URL, content=jpeg, params={"landmarks": True, "overlay": "box"}).json()
    SceneDocument.model_validate(answer)
    page = http.get("/docs").text
    assert "/v1/expressions" in page
    assert "<script" not in page
    assert "http" not in page.replace(str(http.base_url).rstrip("/"), "")  # nothing from elsewhere


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        found = [part["$ref"]] if "$ref" in part else []
        return found + [ref for value in part.values() for ref in _references(value)]
    return [ref for value in part for ref in _references(value)] if isinstance(part, list) else []
