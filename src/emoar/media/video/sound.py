"""Where the sound of a result comes from: a file that is opened again, or a source that can be read only once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emoar.errors import MediaError
from emoar.media.base import Source
from emoar.media.video.opening import open_container, origin_s
from emoar.media.video.streams import best_audio
from emoar.media.video.timeline import Timeline

if TYPE_CHECKING:
    from av.container import InputContainer

    from emoar.media.video.source import VideoSource

__all__ = ["FileSound", "SharedSound", "Sound", "keep_sound", "open_sound"]


class FileSound:
    """The packets of the best sound of a file, which is opened a second time."""

    def __init__(self, path: Path) -> None:
        self._input = open_container(path)
        self.stream: Any = best_audio(self._input)
        self.origin_s = origin_s(self._input)
        self.problem: str | None = None

    def packets(self) -> Iterator[Any]:
        """All packets of the sound, with bridged times."""
        for packet in self._demuxed(self._input):
            if packet.stream.index == self.stream.index:
                yield packet

    def end(self) -> None:
        """No more packets are wanted than there are."""

    def close(self) -> None:
        """Closes the file."""
        self._input.close()

    def _demuxed(self, container: InputContainer) -> Iterator[Any]:
        import av.error

        timeline = Timeline(container.format.name)
        # A jump is seen in all streams, and its length in the longest. MP4 has none, and its streams lie apart.
        others = () if container.format.name.startswith("mov,") else container.streams.video
        try:
            for packet in container.demux((self.stream, *others)):
                timeline.shift(packet)
                yield packet
        except (av.error.FFmpegError, OSError):  # the file is cut short: `VideoSource` reports it
            return


class SharedSound:
    """The packets of the sound that a source, which can be read only once, has come across."""

    def __init__(self, source: VideoSource) -> None:
        self._source = source
        self._ending = False
        self.stream = source.sound_stream
        self.origin_s = source.origin_s

    def packets(self) -> Iterator[Any]:
        """The packets that were read so far; None where there is none at present."""
        waiting: Any = self._source.sound
        while True:
            if waiting:
                yield waiting.popleft()
            elif self._ending:
                return
            else:
                yield None

    def end(self) -> None:
        """No more packets will come than were read."""
        self._ending = True

    def close(self) -> None:
        """The source is closed by its owner."""


Sound = FileSound | SharedSound


def open_sound(origin: str | Path | Source | None) -> Sound | None:
    """The sound of a file, or of a source of pictures; None if it has none that can be decoded."""
    from emoar.media.video.source import VideoSource

    if isinstance(origin, Source):
        if not origin.has_audio:
            return None
        if isinstance(origin, VideoSource) and origin.sound is not None:
            return SharedSound(origin)
        origin = origin.path
    try:
        sound = FileSound(Path(origin)) if origin is not None else None
    except MediaError:
        return None
    if sound is not None and sound.stream is None:
        sound.close()
        return None
    return sound


def keep_sound(origin: str | Path | Source | None) -> None:
    """Asks a source that can be read only once to keep its sound; to be called before it is read."""
    from emoar.media.video.source import VideoSource

    if isinstance(origin, VideoSource) and origin.path is None and origin.has_audio:
        origin.keep_sound()
