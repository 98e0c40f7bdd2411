"""The JSON Schemas in docs/schemas are those of the code, and what the code writes is valid by them."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import numpy as np
import pytest
from makers import make_scene
from numpy.typing import NDArray
from server_process import Server
from write_schemas import FOLDER, schemas, text_of

import emoar
from emoar.events.detector import EventDetector
from emoar.types import Frame


@pytest.mark.parametrize("name", schemas())
def test_the_files_are_up_to_date(name: str) -> None:
    """`python scripts/write_schemas.py` writes them."""
    assert (FOLDER / name).read_text("utf-8") == text_of(schemas()[name])
    jsonschema.Draft202012Validator.check_schema(json.loads((FOLDER / name).read_text("utf-8")))


def read(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((FOLDER / name).read_text("utf-8")))


def test_scenes_and_events_of_real_faces_are_valid(astronaut: NDArray[np.uint8]) -> None:
    scenes, events = read("scene.json"), read("event.json")
    detector, kinds = EventDetector(), []
    with emoar.Pipeline(emoar.PipelineOptions(measures=True, valence=True)) as pipeline:
        for index in range(4):
            scene = pipeline(Frame(astronaut, index / 30, index, "portrait.jpg"))
            for landmarks in (False, True):
                scenes.validate(json.loads(json.dumps(scene.to_dict(landmarks=landmarks))))
            for event in detector.update(scene):
                events.validate(json.loads(json.dumps(event.to_dict())))
                kinds.append(event.kind)
    assert kinds == ["face_appeared", "expression_changed"]


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "emoar.scene/2"},
        {"frame_index": "first"},
        {"faces": [{"track_id": 1}]},
        {"width_px": None},
    ],
)
def test_documents_that_are_no_scenes(change: dict[str, Any]) -> None:
    assert read("scene.json").is_valid(make_scene().to_dict())
    assert not read("scene.json").is_valid(make_scene().to_dict() | change)


def test_the_server_serves_them(server: Server) -> None:
    with server.client() as http:
        for name in ("event", "scene"):
            response = http.get(f"/v1/schemas/{name}")
            assert response.json() == json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
            assert response.headers["content-type"] == "application/schema+json"
        assert http.get("/v1/schemas/face").status_code == 422
