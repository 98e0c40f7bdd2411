"""The introduction of the OpenAPI document, in Markdown: what its schema cannot express."""

from __future__ import annotations

from typing import Final

__all__ = ["DESCRIPTION"]

DESCRIPTION: Final = """\
Expressions of faces in pictures, on a live socket and in videos: what a face shows, not what somebody feels. Pictures
are kept in memory for their request alone. [Try a picture](/upload).

    curl -F file=@photo.jpg http://127.0.0.1:8000/v1/expressions
    curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' 'http://127.0.0.1:8000/v1/expressions?landmarks=true'
    curl -F file=@photo.jpg -H 'Accept: image/png' 'http://127.0.0.1:8000/v1/expressions?overlays=quote' -o drawn.png
    curl -F file=@clip.mp4 http://127.0.0.1:8000/v1/videos
    curl http://127.0.0.1:8000/v1/videos/JOB/video -o annotated.mp4

## Live socket

`WS /v1/live?max_faces=&label_set=&landmarks=&measures=&valence=&session=`: send each frame as one binary message, a
JPEG, PNG or WebP picture, or raw RGB behind a header of 12 bytes (the letters `RGB8`, then width and height as 32-bit
little-endian numbers). Each response is one text message: the scene, with `frame_index` (of its frame, from 0),
`dropped` (frames that were skipped since the last response, because newer ones had arrived) and `dropped_total`. API
keys: the header `Authorization`, or the subprotocol `emoar-key.KEY`.

## Events

`WS /v1/events?scenes=&rate=&source=`: what all live sockets see, for programs that send no frames. Each text message
is one JSON document: an event (`emoar.event/1`: a face appeared, its expression changed, it is gone) or, with
`scenes=1`, a scene (`emoar.scene/1`), at most `rate` a second of each source. `source` is the id of the live socket,
which its scenes have too. With `role=publish` the client sends such documents instead, and all subscribers get them.
The JSON Schemas of both are at `/v1/schemas/event` and `/v1/schemas/scene`.
"""
