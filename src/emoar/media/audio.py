"""Writes the sound of a source file into the output video."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emoar.errors import MediaError
from emoar.media.video import open_container, origin_s

if TYPE_CHECKING:
    from av.container import InputContainer

__all__ = ["AudioTrack"]

# MP4 also takes PCM, Vorbis and more, but browsers do not play those from it.
_PLAYABLE_IN_MP4: Final = frozenset({"aac", "mp3", "opus", "ac3", "eac3", "flac", "alac"})
_AAC_RATES_HZ: Final = (48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)


class AudioTrack:
    """Writes packets of the best audio stream of `path` into `output`, up to the time of the pictures.

    Packets are copied where the container accepts their codec, otherwise encoded as AAC. The track must be created
    before the first packet of `output` is written. Sound that cannot be read ends the track, but not the video.

    Attributes:
        copied: whether packets are copied.

    Raises:
        MediaError: the file cannot be opened.
    """

    def __init__(self, path: Path, output: Any) -> None:
        self._input = open_container(path)
        self._output = output
        self._origin_s = origin_s(self._input)
        stream: Any = self._input.streams.best("audio")
        self.copied = _takes(output, stream.codec_context.name)
        self._target: Any = (
            output.add_stream_from_template(stream) if self.copied else _add_aac(output, stream.codec_context)
        )
        self._packets = self._copied(stream) if self.copied else self._encoded(stream)
        self._waiting: Any | None = None

    def advance(self, until_s: float | None) -> None:
        """Writes the sound that begins before `until_s` (from the start of the source); None: all that remains."""
        while True:
            packet = self._waiting if self._waiting is not None else next(self._packets, None)
            self._waiting = packet
            if packet is None or (until_s is not None and _begins_s(packet) >= until_s):
                return
            self._output.mux(packet)
            self._waiting = None

    def close(self) -> None:
        """Closes the source file."""
        self._input.close()

    def _copied(self, stream: Any) -> Iterator[Any]:
        for packet in _demuxed(self._input, stream):
            if packet.dts is None or packet.pts is None:
                continue
            shift = round(self._origin_s / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = self._target
            yield packet

    def _encoded(self, stream: Any) -> Iterator[Any]:
        import av.error
        from av.audio.resampler import AudioResampler

        context = self._target.codec_context
        resampler = AudioResampler(format=context.format, layout=context.layout, rate=context.sample_rate)
        for packet in _demuxed(self._input, stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                continue  # one damaged packet is skipped
            for frame in frames:
                if frame.pts is not None and frame.time_base:
                    frame.pts -= round(self._origin_s / frame.time_base)
                for piece in resampler.resample(frame):
                    yield from self._target.encode(piece)
        for piece in resampler.resample(None):
            yield from self._target.encode(piece)
        yield from self._target.encode(None)


def has_audio(path: Path) -> bool:
    """Whether a file has a sound track that can be read."""
    try:
        container = open_container(path)
    except MediaError:
        return False
    with container:
        return bool(container.streams.audio)


def _demuxed(container: InputContainer, stream: Any) -> Iterator[Any]:
    import av.error

    try:
        yield from container.demux(stream)
    except av.error.FFmpegError:  # the file is cut short: `VideoSource` reports it
        return


def _begins_s(packet: Any) -> float:
    begins = packet.dts if packet.dts is not None else packet.pts
    return float(begins * packet.time_base) if begins is not None else 0.0


def _takes(output: Any, codec: str) -> bool:
    name = "mp3" if codec == "mp3float" else codec
    playable = "mp4" not in output.format.name.split(",") or name in _PLAYABLE_IN_MP4
    return playable and name in output.supported_codecs


def _add_aac(output: Any, source: Any) -> Any:
    rate = next((r for r in _AAC_RATES_HZ if r <= source.sample_rate), _AAC_RATES_HZ[-1])
    target = output.add_stream("aac", rate=rate)
    target.codec_context.layout = "stereo" if source.layout.nb_channels > 1 else "mono"
    target.codec_context.bit_rate = 160_000
    target.codec_context.time_base = Fraction(1, rate)
    return target
