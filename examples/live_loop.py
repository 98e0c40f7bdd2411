"""Faces of a camera or a file, drawn over and written as a video.

python examples/live_loop.py             # camera 0, until Ctrl-C
python examples/live_loop.py clip.mp4 annotated.mp4
"""

from __future__ import annotations

import sys
from contextlib import suppress

import emoar


def main(source: str = "0", target: str = "annotated.mp4") -> None:
    """Reads `source` (a camera's index or a path) and writes `target`."""
    painter = emoar.Painter(("label", "quote"))  # outside the loop: it keeps shaped text, and where text stood
    frames = emoar.open_frames(int(source) if source.isdecimal() else source)
    with emoar.Pipeline() as pipeline, frames, emoar.VideoSink(target) as sink, suppress(KeyboardInterrupt):
        for frame in frames:
            scene = pipeline(frame)
            for face in scene.faces:
                label, confidence = face.expression.label, face.expression.confidence
                print(f"{frame.time_s:6.2f} s  face {face.track_id}: {label} ({confidence:.0%})")
            sink.write(scene, painter.draw(scene))


if __name__ == "__main__":
    main(*sys.argv[1:])
