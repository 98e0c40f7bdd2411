"""The API's interactive description: Swagger UI, with files from this server only.

The files come from the package fastapi-offline, which is not imported.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

__all__ = ["PAGE", "SCRIPT", "SWAGGER_FILES", "swagger_file"]

SWAGGER_FILES: Final = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
PAGE: Final = """\
<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>EmoAR: the API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="data:,"></head><body>
<div id="api"></div><noscript>This page needs JavaScript; <a href="/openapi.json">openapi.json</a> does not.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
"""
SCRIPT: Final = """\
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null, docExpansion: "list" });
"""


def swagger_file(name: str) -> Path:
    """The path of the file `name`, one of `SWAGGER_FILES`."""
    spec = find_spec("fastapi_offline")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static" / name
