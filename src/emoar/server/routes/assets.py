"""`/models/*`, `/content/*` and the files of the browser app. Clients may cache names with a hash indefinitely."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from emoar import models
from emoar.server.http.headers import APP_POLICY, IMMUTABLE
from emoar.server.http.openapi import allowed_methods
from emoar.server.http.problems import Problem, problem_response
from emoar.server.http.stored_files import ENCODINGS, StoredFile, file_response
from emoar.server.state import state_of

__all__ = ["READ", "app_response", "router"]

READ: Final = ["GET", "HEAD"]
router: Final = APIRouter(include_in_schema=False)
_HASH_LENGTH: Final = 12
_HASHED: Final = re.compile(r"[-.](?=[A-Za-z0-9_-]*\d|[A-Za-z0-9_-]*[A-Z])[A-Za-z0-9_-]{8,64}\.[a-z0-9]+$")
_HASHED_FOLDER: Final = re.compile(r"^wasm/[^/]+/")  # the folder's name contains the hash of its files
_BUILT: Final = ("assets/", "models/")  # folders of the browser app whose file names contain hashes
_TYPES: Final = {
    ".tflite": "application/octet-stream",
    ".wasm": "application/wasm",
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".glb": "model/gltf-binary",
}
_FRESH: Final = "no-cache"  # clients may cache it, but must revalidate it each time


@dataclass(frozen=True)
class _Asset:
    """A file whose address contains a hash of its content."""

    path: Path
    address: str  # below /models/ or /content/
    size_bytes: int
    sha256: str


@router.api_route("/models/index.json", methods=READ)
async def model_index(request: Request) -> Response:
    """Address, size and sha256 of each model, by its name."""
    return _index("models", _models(state_of(request).settings.model_folder))


@router.api_route("/content/index.json", methods=READ)
async def content_index(request: Request) -> Response:
    """Address, size and sha256 of each file of the default content pack, by its name."""
    return _index("content", _content())


@router.api_route("/{address:path}", methods=READ)
async def asset(request: Request, address: str) -> Response:
    """A file of the browser app, a model or a part of the content pack; only known names are served.

    Raises:
        Problem: 404; there is no such file.
    """
    app = app_response(request, address)
    if app is not None:
        return app
    folder, _, name = address.partition("/")
    known = {"models": lambda: _models(state_of(request).settings.model_folder), "content": _content}
    for found in known[folder]().values() if folder in known else ():
        if found.address == name:
            return file_response(request, StoredFile(found.path, _media_type(name), found.sha256[:32], IMMUTABLE))
    allowed = allowed_methods(request.app.openapi(), f"/{address}")
    if allowed:
        problem = Problem(405, "method-not-allowed", "not with this method: see /docs")
        return problem_response(problem, {"allow": allowed})
    raise Problem(404, "not-found", "there is nothing at this address: see /docs")


def app_response(request: Request, address: str) -> Response | None:
    """The file of the browser app at an address; None where there is none, or the app is not built."""
    file = _web_app().get(address)
    return file and file_response(request, file, {"content-security-policy": APP_POLICY})


@cache
def _web_app() -> dict[str, StoredFile]:
    """The files of the built browser app, by their addresses; empty when it is not built."""
    folder = Path(str(files("emoar") / "web_app"))
    forms: dict[str, dict[str, Path]] = {}  # of each address, by the encoding; "" is the plain form
    suffixes = {suffix: encoding for encoding, suffix in ENCODINGS.items()}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        encoding = suffixes.get(path.suffix, "")
        address = path.relative_to(folder).as_posix().removesuffix(path.suffix if encoding else "")
        forms.setdefault(address, {})[encoding] = path
    return {address: _app_file(address, paths) for address, paths in forms.items()} if "index.html" in forms else {}


def _app_file(address: str, paths: dict[str, Path]) -> StoredFile:
    plain = paths.pop("", None)
    hashed = _HASHED_FOLDER.match(address) or (address.startswith(_BUILT) and _HASHED.search(address))
    content = address.encode() if hashed or plain is None else plain.read_bytes()
    tag = hashlib.sha256(content).hexdigest()[:32]
    return StoredFile(plain, _media_type(address), tag, IMMUTABLE if hashed else _FRESH, paths)


@cache
def _models(folder: Path | None) -> dict[str, _Asset]:
    """The models that are installed and complete, by name."""
    states = [state for state in models.verify(folder) if state.state == "ok"]
    return {
        s.model.name: _Asset(s.path, _hashed(s.model.file, s.model.sha256), s.model.size_bytes, s.model.sha256)
        for s in states
    }


@cache
def _content() -> dict[str, _Asset]:
    """The files of the default content pack, by their path in it."""
    folder = Path(str(files("emoar") / "content" / "default"))
    found: dict[str, _Asset] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name, data = path.relative_to(folder).as_posix(), path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        found[name] = _Asset(path, _hashed(name, digest), len(data), digest)
    return found


def _hashed(name: str, digest: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{digest[:_HASH_LENGTH]}{dot}{suffix}"


def _index(folder: str, assets: dict[str, _Asset]) -> Response:
    document: dict[str, Any] = {
        name: {"url": f"/{folder}/{a.address}", "bytes": a.size_bytes, "sha256": a.sha256} for name, a in assets.items()
    }
    return JSONResponse(document, headers={"cache-control": _FRESH})


def _media_type(name: str) -> str:
    return _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
