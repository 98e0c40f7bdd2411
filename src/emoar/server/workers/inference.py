"""Inference in a worker: decodes a picture, runs the pipeline, returns the scene as JSON or the drawn picture."""

from __future__ import annotations

import base64
import json
import time
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from emoar import __version__
from emoar.errors import InputError
from emoar.events.detector import EventDetector
from emoar.models.expression import expression_model
from emoar.overlay import OVERLAYS, Painter
from emoar.overlay.names import uses_measures
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.server.http.problems import Problem
from emoar.server.workers.decode import decode_frame, decode_picture, encode_picture
from emoar.server.workers.request import FrameNews, ImageRequest, ImageResponse
from emoar.types import Frame, Scene

__all__ = ["InferenceWorker"]

_LARGE_PX: Final = 1000  # longer side; larger pictures are treated as photos, in which small faces matter
_MAX_PAINTERS: Final = 4


class InferenceWorker:
    """Holds the models, and a tracker for each live socket. Not thread-safe."""

    def __init__(self, model: str, model_folder: Path | None = None, personal: Path | None = None) -> None:
        options = PipelineOptions(mode="photo", model=model, model_folder=model_folder, personal=personal)
        self._first = Pipeline(options)  # owns the models, which all other pipelines share
        self._model = {"name": expression_model(model).name, "version": __version__}
        self._image_pipelines: dict[tuple[str, int, str | None, bool, bool], Pipeline] = {}
        self._streams: dict[str, tuple[Pipeline, EventDetector]] = {}
        self._painters: OrderedDict[tuple[str, ...], Painter] = OrderedDict()

    def image(self, data: bytes, request: ImageRequest) -> ImageResponse:
        """Processes one picture, independently of all others.

        Raises:
            Problem: it is not a picture, too large or damaged, or the model has no such label set.
        """
        started = time.perf_counter()
        frame = Frame(decode_picture(data, request.max_pixels), source=request.name)
        decoded = time.perf_counter()
        scene = self._recognise(frame, request)
        return self._response(scene, request, {"decode": 1e3 * (decoded - started), **scene.timings_ms})

    def frame(self, data: bytes, request: ImageRequest, stream: str, time_s: float, index: int) -> ImageResponse:
        """Processes one frame of a live socket; its faces are tracked from the previous frame of the same `stream`.

        `time_s` is in seconds since the socket was opened; `index` counts its frames from 0.

        Raises:
            Problem: as for `image`.
        """
        started = time.perf_counter()
        frame = Frame(decode_frame(data, request.max_pixels), time_s, index, request.name)
        decoded = time.perf_counter()
        began = stream not in self._streams
        if began:
            self._streams[stream] = self._pipeline("live", request), EventDetector()
        pipeline, detector = self._streams[stream]
        scene = pipeline(frame)
        response = self._response(scene, request, {"decode": 1e3 * (decoded - started), **scene.timings_ms})
        events = [event.to_dict() for event in detector.update(scene)]
        points = [face.landmarks_px for face in scene.faces] if request.landmarks_apart else []
        return replace(response, news=FrameNews(began, events, b"".join(each.tobytes() for each in points)))

    def close_stream(self, stream: str) -> None:
        """Drops the tracker of a live socket."""
        self._streams.pop(stream, None)

    def _recognise(self, frame: Frame, request: ImageRequest) -> Scene:
        """In mode `auto`, large pictures are searched in tiles, others only if the quick search finds no face."""
        large = max(frame.width_px, frame.height_px) > _LARGE_PX
        if request.mode == "photo" or (request.mode == "auto" and large):
            return self._image_pipeline("photo", request)(frame)
        quick = self._image_pipeline("live", request)
        quick.reset()
        scene = quick(frame)
        if scene.faces or request.mode == "live":
            return scene
        return self._image_pipeline("photo", request)(frame)

    def _image_pipeline(self, mode: Literal["live", "photo"], request: ImageRequest) -> Pipeline:
        measures = request.measures or uses_measures(request.overlays)
        key = mode, request.max_faces, request.label_set, measures, request.valence
        if key not in self._image_pipelines:
            self._image_pipelines[key] = self._pipeline(mode, request)
        return self._image_pipelines[key]

    def _pipeline(self, mode: Literal["live", "photo"], request: ImageRequest) -> Pipeline:
        try:
            options = PipelineOptions(
                mode=mode,
                max_faces=request.max_faces,
                label_set=request.label_set,
                measures=request.measures or uses_measures(request.overlays),
                valence=request.valence,
            )
            return Pipeline(options, like=self._first)
        except InputError as exc:
            raise Problem(422, "unknown-label-set", str(exc)) from exc

    def _response(self, scene: Scene, request: ImageRequest, timings_ms: dict[str, float]) -> ImageResponse:
        started = time.perf_counter()
        drawn = self._drawn(scene, request) if request.overlays or request.picture_type else None
        if drawn is not None:
            timings_ms["draw"] = 1e3 * (time.perf_counter() - started)
        if request.picture_type is not None and drawn is not None:
            return ImageResponse(drawn, request.picture_type, len(scene.faces), timings_ms)
        document = scene.to_dict(landmarks=request.landmarks)
        document["model"] = self._model
        if drawn is not None:
            document["annotated"] = {"media_type": "image/jpeg", "data": base64.b64encode(drawn).decode()}
        body = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
        return ImageResponse(body, "application/json", len(scene.faces), timings_ms)

    def _drawn(self, scene: Scene, request: ImageRequest) -> bytes:
        painter = self._painter(tuple(name for name in OVERLAYS if name in request.overlays))
        painter.reset()
        return encode_picture(painter.draw(scene), request.picture_type or "image/jpeg")

    def _painter(self, overlays: tuple[str, ...]) -> Painter:
        if overlays not in self._painters:
            self._painters[overlays] = Painter(overlays)
        self._painters.move_to_end(overlays)
        if len(self._painters) > _MAX_PAINTERS:
            self._painters.popitem(last=False)
        return self._painters[overlays]
