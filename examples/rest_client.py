"""Expressions from a server: no model runs here. Start one with `emoar serve`.

python examples/rest_client.py photo.jpg drawn.png http://127.0.0.1:8000
"""

from __future__ import annotations

import sys
from pathlib import Path

import emoar


def main(source: str, target: str, url: str = "http://127.0.0.1:8000") -> None:
    """Prints what the server recognised in a picture, and writes the picture that it drew."""
    try:
        with emoar.Client(url) as client:
            scene = client.expressions(source, max_faces=8)
            Path(target).write_bytes(client.annotated(source, ("label", "sticker")))
    except emoar.EmoarError as error:  # the server cannot be reached, or refuses: one line with what to do next
        sys.exit(str(error))
    for face in scene.faces:
        print(f"face {face.track_id}: {face.expression.label} ({face.expression.confidence:.0%})")


if __name__ == "__main__":
    main(*sys.argv[1:])
