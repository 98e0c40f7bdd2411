"""EmoAR: facial expressions on images, videos and a camera, and content that fits them.

import emoar

painter = emoar.Painter(["label", "quote"])
with emoar.Pipeline() as pipeline, emoar.VideoSink("annotated.mp4") as video:
    for frame in emoar.open_frames("clip.mp4"):
        scene = pipeline(frame)
        for face in scene.faces:
            print(face.track_id, face.expression.label, f"{face.expression.confidence:.0%}")
        video.write(scene, painter.draw(scene))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emoar.lazy import lazy_names

__version__ = "0.1.0"

if TYPE_CHECKING:  # the same names for type checkers; a test compares both lists
    from emoar.client.async_client import AsyncClient as AsyncClient
    from emoar.client.client import Client as Client
    from emoar.client.messages import LiveScene as LiveScene
    from emoar.errors import EmoarError as EmoarError
    from emoar.media.scene_table import to_dataframe as to_dataframe
    from emoar.media.sources import open_frames as open_frames
    from emoar.media.video_sink import VideoOptions as VideoOptions
    from emoar.media.video_sink import VideoSink as VideoSink
    from emoar.overlay.painter import Painter as Painter
    from emoar.overlay.painter import draw as draw
    from emoar.perception.one_euro import OneEuroOptions as OneEuroOptions
    from emoar.perception.quality import QualityOptions as QualityOptions
    from emoar.perception.smooth import SmootherOptions as SmootherOptions
    from emoar.perception.track import TrackerOptions as TrackerOptions
    from emoar.pipeline import Pipeline as Pipeline
    from emoar.pipeline import PipelineOptions as PipelineOptions
    from emoar.types import Detection as Detection
    from emoar.types import Expression as Expression
    from emoar.types import Face as Face
    from emoar.types import Frame as Frame
    from emoar.types import Quality as Quality
    from emoar.types import Scene as Scene
else:
    # Loaded on first use: drawing and video need libraries that `import emoar` alone should not load.
    __all__, __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "client.async_client": ("AsyncClient",),
            "client.client": ("Client",),
            "client.messages": ("LiveScene",),
            "errors": ("EmoarError",),
            "media.scene_table": ("to_dataframe",),
            "media.sources": ("open_frames",),
            "media.video_sink": ("VideoOptions", "VideoSink"),
            "overlay.painter": ("Painter", "draw"),
            "perception.one_euro": ("OneEuroOptions",),
            "perception.quality": ("QualityOptions",),
            "perception.smooth": ("SmootherOptions",),
            "perception.track": ("TrackerOptions",),
            "pipeline": ("Pipeline", "PipelineOptions"),
            "types": ("Detection", "Expression", "Face", "Frame", "Quality", "Scene"),
        },
    )
