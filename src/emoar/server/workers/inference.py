"""What a worker does: bytes of a picture in, a scene as JSON or a drawn picture out."""

from __future__ import annotations

import base64
import json
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar import __version__
from emoar.errors import DependencyMissing, InputError, MediaError
from emoar.media.headers import read_header
from emoar.media.images import decode_image
from emoar.media.raw_frames import RAW_HEADER, RAW_MAGIC, unpack_raw
from emoar.models.expression import expression_model
from emoar.overlay import OVERLAYS, Painter
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.server.http.problems import Problem
from emoar.server.workers.request import ImageRequest
from emoar.types import Frame, Scene

__all__ = ["Answer", "InferenceWorker", "picture_in"]

_ASK_MORE_PX: Final = 1000  # longer side; a larger picture is a photo, whose small faces count
_PAINTERS: Final = 4
_JPEG_QUALITY: Final = 90
_SUFFIXES: Final = {"image/jpeg": ".jpg", "image/png": ".png"}


@dataclass(frozen=True)
class Answer:
    """What came of a picture."""

    body: bytes
    media_type: str
    faces: int
    timings_ms: dict[str, float]  # by stage


class InferenceWorker:
    """The models, and a memory for each live socket. One thread."""

    def __init__(self, model: str, model_folder: Path | None = None) -> None:
        options = PipelineOptions(mode="photo", model=model, model_folder=model_folder)
        self._first = Pipeline(options)  # owns the models
        self._model = {"name": expression_model(model).name, "version": __version__}
        self._stills: dict[tuple[str, int, str | None], Pipeline] = {}
        self._streams: dict[str, Pipeline] = {}
        self._painters: OrderedDict[tuple[str, ...], Painter] = OrderedDict()

    def still(self, data: bytes, look: ImageRequest) -> Answer:
        """One picture by itself.

        Raises:
            Problem: it is no picture, too large or damaged, or the model has no such labels.
        """
        started = time.perf_counter()
        frame = Frame(picture_in(data, look), source=look.name)
        decoded = time.perf_counter()
        scene = self._look(frame, look)
        timings = {"decode": 1e3 * (decoded - started), **scene.timings_ms}
        return self._answer(scene, look, timings)

    def frame(self, data: bytes, look: ImageRequest, stream: str, time_s: float, index: int) -> Answer:
        """One frame of a live socket, whose faces are followed from the frame before.

        Raises:
            Problem: as for `still`.
        """
        started = time.perf_counter()
        frame = Frame(_raw(data, look) if data[:4] == RAW_MAGIC else picture_in(data, look), time_s, index)
        decoded = time.perf_counter()
        if stream not in self._streams:
            self._streams[stream] = self._twin("live", look)
        scene = self._streams[stream](frame)
        timings = {"decode": 1e3 * (decoded - started), **scene.timings_ms}
        return self._answer(scene, look, timings)

    def end(self, stream: str) -> None:
        """Forgets a live socket."""
        self._streams.pop(stream, None)

    def _look(self, frame: Frame, look: ImageRequest) -> Scene:
        """`auto` looks quickly first; a large picture, and one in which that finds nobody, is searched in tiles."""
        large = max(frame.width_px, frame.height_px) > _ASK_MORE_PX
        if look.mode == "photo" or (look.mode == "auto" and large):
            return self._still("photo", look)(frame)
        quick = self._still("live", look)
        quick.reset()
        scene = quick(frame)
        if scene.faces or look.mode == "live":
            return scene
        return self._still("photo", look)(frame)

    def _still(self, mode: Literal["live", "photo"], look: ImageRequest) -> Pipeline:
        key = mode, look.max_faces, look.labels
        if key not in self._stills:
            self._stills[key] = self._twin(mode, look)
        return self._stills[key]

    def _twin(self, mode: Literal["live", "photo"], look: ImageRequest) -> Pipeline:
        try:
            options = PipelineOptions(mode=mode, max_faces=look.max_faces, label_set=look.labels)
            return Pipeline(options, like=self._first)
        except InputError as exc:
            raise Problem(422, "unknown-labels", str(exc)) from exc

    def _answer(self, scene: Scene, look: ImageRequest, timings: dict[str, float]) -> Answer:
        started = time.perf_counter()
        drawn = self._drawn(scene, look) if look.overlays or look.picture else None
        if drawn is not None:
            timings["draw"] = 1e3 * (time.perf_counter() - started)
        if look.picture is not None and drawn is not None:
            return Answer(drawn, look.picture, len(scene.faces), timings)
        document = scene.to_dict(landmarks=look.landmarks)
        document["model"] = self._model
        if drawn is not None:
            document["annotated"] = {"media_type": "image/jpeg", "data": base64.b64encode(drawn).decode()}
        body = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
        return Answer(body, "application/json", len(scene.faces), timings)

    def _drawn(self, scene: Scene, look: ImageRequest) -> bytes:
        media_type = look.picture or "image/jpeg"
        painter = self._painter(tuple(name for name in OVERLAYS if name in look.overlays))
        painter.reset()
        return _encoded(painter.draw(scene), media_type)

    def _painter(self, overlays: tuple[str, ...]) -> Painter:
        if overlays not in self._painters:
            self._painters[overlays] = Painter(overlays)
        self._painters.move_to_end(overlays)
        if len(self._painters) > _PAINTERS:
            self._painters.popitem(last=False)
        return self._painters[overlays]


def picture_in(data: bytes, look: ImageRequest) -> NDArray[np.uint8]:
    """A picture file as (H, W, 3) RGB.

    Raises:
        Problem: it is none, too large, or damaged.
    """
    header = read_header(data)
    if header is None:
        raise Problem(415, "not-a-picture", "this is no picture that can be read: send JPEG, PNG, WebP, AVIF or HEIC")
    _check_pixels(header.width_px, header.height_px, look)
    try:
        image = decode_image(data, "the picture", max_pixels=look.max_pixels)
    except DependencyMissing as exc:
        detail = "this server does not read HEIC: send JPEG, PNG, WebP or AVIF"
        raise Problem(415, "not-a-picture", detail) from exc
    except (MediaError, MemoryError) as exc:
        raise Problem(422, "damaged-picture", str(exc) or "the picture does not fit into memory") from exc
    _check_pixels(image.shape[1], image.shape[0], look)  # a header may lie
    return image


def _raw(data: bytes, look: ImageRequest) -> NDArray[np.uint8]:
    if len(data) >= RAW_HEADER.size:
        _, width, height = RAW_HEADER.unpack_from(data)
        _check_pixels(width, height, look)
    try:
        return unpack_raw(data)
    except MediaError as exc:
        raise Problem(422, "damaged-picture", str(exc)) from exc


def _check_pixels(width: int, height: int, look: ImageRequest) -> None:
    if width * height > look.max_pixels:
        detail = f"the picture has {width} x {height} pixels, at most {look.max_pixels} are taken: scale it down"
        raise Problem(422, "too-many-pixels", detail, "max_pixels", look.max_pixels)


def _encoded(image: NDArray[np.uint8], media_type: str) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if media_type == "image/jpeg" else []
    good, data = cv2.imencode(_SUFFIXES[media_type], cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    if not good:
        raise Problem(422, "cannot-draw", "the drawn picture is too large for JPEG: ask for image/png")
    return data.tobytes()
