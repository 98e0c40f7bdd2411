"""Moving pictures from files, pipes and addresses: true times, upright, in square pixels, in standard range.

from emoar.media.video import open_video

with open_video("clip.mp4") as source:  # a path, `-` for standard input, or an address such as rtsp://...
    for frame in source:
        ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emoar.lazy import lazy_names

if TYPE_CHECKING:
    from emoar.media.video.source import VideoSource as VideoSource
    from emoar.media.video.source import open_video as open_video
else:
    __all__, __getattr__, __dir__ = lazy_names(__name__, {"source": ("VideoSource", "open_video")})
