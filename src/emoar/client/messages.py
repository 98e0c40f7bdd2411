"""The messages of a live socket, without network I/O: packs frames into messages, unpacks messages into scenes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.arrays import check_array
from emoar.client.requests import SocketResponse, refusal
from emoar.errors import InputError
from emoar.media.images import decode_image
from emoar.media.raw_frames import RAW_MAGIC, pack_raw, unpack_raw
from emoar.types import Frame, Scene

__all__ = ["LiveCodec", "LiveFrame", "LiveScene"]

LiveFrame = bytes | NDArray[np.uint8] | Frame
_MAX_PENDING: Final = 64  # frames kept until their scenes arrive; the scene of an older frame has no picture


@dataclass(frozen=True, eq=False)
class LiveScene:
    """The server's response to a frame."""

    scene: Scene  # with the frame that was sent; track ids persist, expressions are smoothed over the socket's frames
    index: int  # of that frame among the frames sent, from 0
    dropped: int  # frames that the server skipped since its last response, because newer ones had arrived
    dropped_total: int  # since the socket was opened


class LiveCodec:
    """Packs frames and unpacks scenes; keeps the frames whose scenes have not been received.

    Raises:
        InputError: `jpeg_quality` is not within 1..100 and not None.
    """

    def __init__(self, jpeg_quality: int | None) -> None:
        if jpeg_quality is not None and not 1 <= jpeg_quality <= 100:
            raise InputError(f"jpeg_quality must be within 1..100, or None for raw frames, got {jpeg_quality}")
        self._quality = jpeg_quality
        self._sent = 0
        self._pending: dict[int, LiveFrame] = {}  # in the order in which they were sent

    def pack(self, frame: LiveFrame) -> bytes:
        """The message for a frame.

        Raises:
            InputError: it is neither a picture file's bytes, nor an (H, W, 3) uint8 RGB array, nor a `Frame`.
        """
        message = frame if isinstance(frame, bytes) else self._encoded(frame)
        self._pending[self._sent] = frame
        self._sent += 1
        self._pending.pop(self._sent - 1 - _MAX_PENDING, None)
        return message

    def unpack(self, message: str | bytes) -> LiveScene:
        """The scene in a message, with the frame that was sent.

        Raises:
            ServerError: the server could not process the frame; the socket stays open.
        """
        document: dict[str, Any] = json.loads(message)
        index = int(document["frame_index"])
        frame = self._pending.get(index)
        for older in list(self._pending):  # a copy: another thread may be sending
            if older <= index:
                self._pending.pop(older, None)
        if "status" in document:
            raise refusal(SocketResponse(int(document["status"]), {}, json.dumps(document).encode()))
        if isinstance(frame, Frame):
            document |= {"frame_index": frame.index, "time_s": frame.time_s, "source": frame.source}
        scene = Scene.from_dict(document, _pixels(frame))
        return LiveScene(scene, index, int(document["dropped"]), int(document["dropped_total"]))

    def _encoded(self, frame: NDArray[np.uint8] | Frame) -> bytes:
        image = frame.image if isinstance(frame, Frame) else frame
        check_array("frame", image, (None, None, 3), np.uint8)
        if self._quality is None:
            return pack_raw(image)
        import cv2

        options = [cv2.IMWRITE_JPEG_QUALITY, self._quality]
        return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)[1].tobytes()


def _pixels(frame: LiveFrame | None) -> NDArray[np.uint8] | None:
    if isinstance(frame, Frame):
        return frame.image
    if isinstance(frame, bytes):
        return unpack_raw(frame) if frame.startswith(RAW_MAGIC) else decode_image(frame, "the frame")
    return frame
