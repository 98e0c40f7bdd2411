"""Writes the sound of a source into the output video."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from emoar.media.video.opening import reason_of

if TYPE_CHECKING:
    from emoar.media.video.sound import Sound

__all__ = ["AudioTrack"]

# MP4 also takes PCM, Vorbis and more, but browsers do not play those from it.
_PLAYABLE_IN_MP4: Final = frozenset({"aac", "mp3", "opus", "ac3", "eac3", "flac", "alac"})
_AAC_RATES_HZ: Final = (48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)


class AudioTrack:
    """Writes packets of a sound into `output`, up to the time of the pictures.

    Packets are copied where the container accepts their codec, otherwise encoded as AAC. The track must be created
    before the header of `output` is written. Sound that cannot be read ends the track, but not the video.

    Args:
        sound: where the packets come from.
        output: the container, opened for writing.
        copy: whether packets may be copied.

    Attributes:
        copied: whether packets are copied.
        problem: why the sound ended early; None: it did not.
    """

    def __init__(self, sound: Sound, output: Any, *, copy: bool = True) -> None:
        self._sound = sound
        self._output = output
        stream = sound.stream
        self.copied = copy and _takes(output, stream.codec_context.name)
        self._target: Any = (
            output.add_stream_from_template(stream) if self.copied else _add_aac(output, stream.codec_context)
        )
        self.problem: str | None = None
        self._packets = self._guarded(self._copied() if self.copied else self._encoded())
        self._waiting: Any | None = None
        self._last_ticks: int | None = None  # decoding time of the last packet

    def advance(self, until_s: float | None) -> None:
        """Writes the sound that begins before `until_s` (from the start of the source); None: all that remains."""
        while True:
            packet = self._waiting if self._waiting is not None else next(self._packets, None)
            self._waiting = packet
            if packet is None or (until_s is not None and _begins_s(packet) >= until_s):
                return
            self._in_order(packet)
            self._output.mux(packet)
            self._waiting = None

    def finish(self, until_s: float | None) -> None:
        """As `advance`, after the last picture."""
        self._sound.end()
        self.advance(until_s)

    def _in_order(self, packet: Any) -> None:
        """Moves a packet behind the previous one: a container refuses times that do not increase."""
        ticks = packet.dts if packet.dts is not None else packet.pts
        if ticks is None:
            return
        if self._last_ticks is not None:
            ticks = max(ticks, self._last_ticks + 1)
        packet.dts, self._last_ticks = ticks, ticks
        packet.pts = ticks if packet.pts is None else max(packet.pts, ticks)

    def _guarded(self, packets: Iterator[Any]) -> Iterator[Any]:
        """Ends with a `problem` at an error of the sound, which must not end the pictures."""
        import av.error

        try:
            yield from packets
        except (av.error.FFmpegError, ValueError, OSError, RuntimeError) as exc:
            self.problem = f"its sound ends early ({reason_of(exc)})"

    def _copied(self) -> Iterator[Any]:
        for packet in self._sound.packets():
            if packet is None:
                yield None
                continue
            if packet.dts is None or packet.pts is None:
                continue
            shift = round(self._sound.origin_s / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = self._target
            yield packet

    def _encoded(self) -> Iterator[Any]:
        resampler = _Resampler(self._target.codec_context)
        for packet in self._sound.packets():
            if packet is None:
                yield None
                continue
            for frame in _decoded(packet):
                if frame.pts is not None and frame.time_base:
                    frame.pts -= round(self._sound.origin_s / frame.time_base)
                for piece in resampler.resample(frame):
                    yield from self._target.encode(piece)
        for piece in resampler.rest():
            yield from self._target.encode(piece)
        yield from self._target.encode(None)


class _Resampler:
    """Brings sound to the encoder's format, also where the source changes its own."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._kind: tuple[str, str, int] | None = None
        self._resampler: Any = None

    def resample(self, frame: Any) -> Iterator[Any]:
        from av.audio.resampler import AudioResampler

        kind = frame.format.name, frame.layout.name, frame.sample_rate
        if kind != self._kind:
            yield from self.rest()
            context = self._context
            self._resampler = AudioResampler(context.format, context.layout, context.sample_rate)
            self._kind = kind
        yield from self._resampler.resample(frame)

    def rest(self) -> Iterator[Any]:
        if self._resampler is not None:
            yield from self._resampler.resample(None)


def _decoded(packet: Any) -> list[Any]:
    """The frames of a packet; none of a damaged one."""
    import av.error

    try:
        return packet.decode()
    except av.error.FFmpegError:
        return []


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
