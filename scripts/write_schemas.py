"""Writes docs/schemas: the JSON Schemas of events and scenes, as the server serves them, and of personal heads.

python scripts/write_schemas.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from emoar.events.values import event_schema
from emoar.models.personal import personal_schema
from emoar.server.http.schemas import scene_schema

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "schemas"


def schemas() -> dict[str, dict[str, Any]]:
    """Schema by file name."""
    return {"event.json": event_schema(), "personal.json": personal_schema(), "scene.json": scene_schema()}


def text_of(schema: dict[str, Any]) -> str:
    """A schema as its file has it."""
    return json.dumps(schema, indent=1) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas().items():
        (FOLDER / name).write_text(text_of(schema), "utf-8")
