"""Reads videos: pictures with their presentation times, upright, in square pixels, all of one size."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emoar.errors import InputError, MediaError
from emoar.media.addresses import Address, address_in
from emoar.media.base import Source
from emoar.media.containers import HEAD_BYTES, is_animated
from emoar.media.images import check_size
from emoar.media.peeked import PeekedPipe, is_camera, is_pipe
from emoar.media.video.opening import open_container, origin_s, reason_of
from emoar.media.video.picture import PictureConverter
from emoar.media.video.streams import (
    best_audio,
    best_video,
    frame_duration_s,
    frame_rate,
    length_s,
    pixel_aspect,
    track_length_s,
)
from emoar.media.video.timeline import Timeline
from emoar.scene_json import unicode_text
from emoar.types import Frame

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame

__all__ = ["VideoSource", "open_video"]

_SHORTFALL_S: Final = 0.4  # a video that ends this much before its stated length is cut short
_JOINT_S: Final = 1.0  # around a joint of two recordings, packets that seem damaged are not
_END_AT_JOINTS: Final = frozenset({"matroska,webm", "flv"})  # of joined recordings FFmpeg reads one or two
_DAMAGED: Final = "some pictures are damaged"


class VideoSource(Source):
    """The video stream of a file, a pipe or an address.

    After the last frame, `problem` is the reason for an early end ("stopped at 12.3 s of 60.0 s: ...").

    Args:
        source: a path, `-` for standard input, or an address.
        pipe: the source, where it is a pipe that was opened already.
        threads: of the decoder; None: as many as the machine has cores.

    Attributes:
        sound: after `keep_sound`: the packets of the sound that were read so far, with bridged times.
        sound_stream: the stream of the sound; None if there is none that can be decoded.
        origin_s: time of the container's start on the clock of the packets, in seconds.
        end_s: end of the last picture, in seconds from the start, once it was read.

    Raises:
        MediaError: it is missing, not a video, too large, or has no video stream; while iterating, when no picture can
            be decoded.
    """

    def __init__(self, source: str | Path, *, pipe: PeekedPipe | None = None, threads: int | None = None) -> None:
        super().__init__()
        self._threads = threads
        place = address_in(source)
        self._pipe = pipe or (PeekedPipe(place) if isinstance(place, Path) and is_pipe(place) else None)
        is_file = isinstance(place, Path) and self._pipe is None
        self.path = place if is_file and isinstance(place, Path) else None
        self._shown = place.shown if isinstance(place, Address) else str(place)
        self.name = unicode_text(self._shown.rstrip("/").rpartition("/")[2] or self._shown)
        self._container: InputContainer | None = None
        try:
            self._container = open_container(self._pipe or place)
            self._read_facts(self._container)
        except BaseException:
            self._release()
            raise

    def keep_sound(self) -> None:
        """From now on, packets of the sound are put into `sound`; needed where the source can be read only once."""
        self.sound = deque()

    def interrupt(self) -> None:
        """Ends the wait for a pipe whose writer is silent."""
        if self._pipe is not None:
            self._pipe.interrupt()

    def _read_facts(self, container: InputContainer) -> None:
        stream = self._stream = best_video(container, self._shown)
        check_size(self._shown, stream.codec_context.width, stream.codec_context.height)
        stream.thread_type = "AUTO"  # frames and slices in parallel
        stream.codec_context.thread_count = self._threads or 0
        self.frame_rate = frame_rate(stream)
        self.duration_s = length_s(container, stream)
        self._track_length_s = track_length_s(container, stream)
        expected = round(self.duration_s * self.frame_rate) if self.duration_s and self.frame_rate else 0
        self.frame_count = stream.frames or expected or None
        self.sound_stream: Any = best_audio(container)
        self.sound: deque[Any] | None = None
        self.has_audio = self.sound_stream is not None
        if container.streams.audio and not self.has_audio:
            self.warning = "its sound is in a format that cannot be decoded here, and is left out"
        self.origin_s = origin_s(container)
        start: Any = container.start_time  # None for some containers, whatever the type stub states
        self._has_clock = start is not None
        self.end_s: float | None = None

    def _frames(self) -> Generator[Frame, None, None]:
        converter, step = PictureConverter(), 1 / (self.frame_rate or 30.0)
        index, last, end = 0, -step, 0.0
        size, aspect = (0, 0), pixel_aspect(self._stream)
        for picture in self._decode():
            if (picture.width, picture.height) != size:
                check_size(self._shown, picture.width, picture.height)
                size = picture.width, picture.height
            time = last + step if picture.pts is None else picture.time - self.origin_s
            if index == 0 and not self._has_clock:  # a bare stream may begin anywhere
                self.origin_s, time = self.origin_s + time, 0.0
            time = max(time, 0.0, last + 1e-6)  # single times of a damaged file may decrease
            last, end = time, time + (frame_duration_s(picture) or step)
            if self.wanted is None or self.wanted(time):
                yield Frame(converter.convert(picture, aspect), time, index, self.name)
            index += 1
        if index == 0:
            raise MediaError(f"{self._shown} has no picture that can be decoded: {self.problem or 'it is empty'}")
        self.end_s = end
        self._note_end(last, end)
        self._release()

    def _release(self) -> None:
        if self._container is not None:
            self._container.close()
        if self._pipe is not None:
            self._pipe.close()

    def _decode(self) -> Generator[VideoFrame, None, None]:
        """Decodes all intact pictures; `problem` records the others."""
        import av.error

        has_begun = False  # a recording may begin between two key frames, whose pictures depend on what is missing
        try:
            for packet in self._packets():
                try:
                    pictures = packet.decode()
                except av.error.InvalidDataError:
                    self.problem = _DAMAGED if has_begun else self.problem
                    continue
                has_begun = has_begun or bool(pictures)
                yield from pictures
        except (av.error.FFmpegError, OSError) as exc:
            self.problem = f"cannot be read to its end ({reason_of(exc)})"
        if not has_begun and self.problem is None:
            self.problem = "its pictures are damaged, or depend on others that are missing"

    def _packets(self) -> Generator[Packet[Any], None, None]:
        """The packets of the pictures with bridged times; those of the sound go to `sound`."""
        container = self._container
        assert container is not None
        timeline, damage = Timeline(container.format.name), _Damage()
        sound = self.sound
        # Jumps are seen in all streams. MP4 has none, and its streams lie apart.
        needs_sound = self.has_audio and (sound is not None or not container.format.name.startswith("mov,"))
        reached = 0  # bytes of the file
        for packet in container.demux([self._stream, *([self.sound_stream] if needs_sound else [])]):
            jumped = timeline.shift(packet)
            reached = max(reached, (packet.pos or 0) + packet.size)
            if packet.stream.index == self._stream.index:
                damage.add(packet, jumped=jumped)
                yield packet
            elif sound is not None:
                sound.append(packet)
        if damage.is_certain():
            self.problem = _DAMAGED
        elif self.path is not None and container.format.name in _END_AT_JOINTS and reached < 0.9 * container.size:
            share = 1 - reached / container.size
            self.problem = f"its last {share:.0%} cannot be read: damaged, or another recording that was joined to it"

    def _note_end(self, last_s: float, end_s: float) -> None:
        length = self._track_length_s
        if length is not None and length - end_s > _SHORTFALL_S:
            self.problem = f"stopped at {last_s:.1f} s of {length:.1f} s: the file is cut short or damaged"
        elif self.problem is not None:
            self.problem = f"was read to {last_s:.1f} s: {self.problem}"


class _Damage:
    """Which packets are damaged, and which only seem so: the count of packets breaks where recordings are joined."""

    def __init__(self) -> None:
        self._certain = False
        self._suspect_s: float | None = None  # the first packet that may be damaged
        self._jump_s = -math.inf  # the last jump

    def add(self, packet: Packet[Any], *, jumped: bool) -> None:
        """Notes whether a packet, with its bridged time, is marked as damaged far from a jump."""
        if packet.dts is None or not packet.time_base:
            return
        time_s = float(packet.dts * packet.time_base)
        if self._suspect_s is not None and time_s - self._suspect_s > _JOINT_S:
            self._certain = True
        if jumped:
            self._jump_s, self._suspect_s = time_s, None
        elif packet.is_corrupt and self._suspect_s is None and time_s - self._jump_s > _JOINT_S:
            self._suspect_s = time_s

    def is_certain(self) -> bool:
        """Whether a packet was damaged; to be asked after the last one."""
        return self._certain or self._suspect_s is not None


def open_video(source: str | Path, *, threads: int | None = None) -> Source:
    """The source for a video or an animated picture: a path, `-` for standard input, or an address.

    `threads` are those of the decoder; None: as many as the machine has cores.

    Raises:
        InputError: it is a camera.
        MediaError: as for `VideoSource`.
    """
    place = address_in(source)
    if isinstance(place, Path) and is_camera(place):
        raise InputError(f"{place} is a camera: use emoar camera")
    if isinstance(place, Path) and not is_pipe(place):
        head = head_of(place)
        if head.startswith(b"RIFF") and is_animated(head):
            from emoar.media.video.animation import AnimationSource

            return AnimationSource(place)
    return VideoSource(source, threads=threads)


def head_of(path: Path) -> bytes:
    """The first bytes of a file; none if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except (OSError, ValueError):  # a name may have a zero byte
        return b""
