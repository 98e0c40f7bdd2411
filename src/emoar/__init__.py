"""EmoAR: facial expressions on images, videos and a camera, and content that fits them.

import emoar

with emoar.Pipeline() as pipeline:
    for frame in emoar.open_frames("clip.mp4"):
        scene = pipeline(frame)
        for face in scene.faces:
            print(face.track_id, face.expression.label, f"{face.expression.confidence:.0%}")
        picture = emoar.draw(scene, overlays=["label", "quote"])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from emoar.client.client import AsyncClient, Client
    from emoar.client.messages import LiveScene
    from emoar.errors import EmoarError
    from emoar.media.sources import open_frames
    from emoar.overlay import draw
    from emoar.pipeline import Pipeline, PipelineOptions
    from emoar.types import Detection, Expression, Face, Frame, Quality, Scene

__version__ = "0.1.0"

__all__ = [
    "AsyncClient",
    "Client",
    "Detection",
    "EmoarError",
    "Expression",
    "Face",
    "Frame",
    "LiveScene",
    "Pipeline",
    "PipelineOptions",
    "Quality",
    "Scene",
    "__version__",
    "draw",
    "open_frames",
]

# Loaded when first used: drawing and video need libraries that `import emoar` alone should not wait for.
_HOMES: Final = {
    "AsyncClient": "client.client",
    "Client": "client.client",
    "Detection": "types",
    "EmoarError": "errors",
    "Expression": "types",
    "Face": "types",
    "Frame": "types",
    "LiveScene": "client.messages",
    "Pipeline": "pipeline",
    "PipelineOptions": "pipeline",
    "Quality": "types",
    "Scene": "types",
    "draw": "overlay",
    "open_frames": "media.sources",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'emoar' has no attribute {name!r}")
    value = getattr(import_module(f"emoar.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
