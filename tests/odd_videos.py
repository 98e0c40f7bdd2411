"""Makes videos as people's devices and programs write them, with what is odd about them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from makers import make_video
from numpy.typing import NDArray


def silent_codec(path: Path) -> Path:
    """Renames the sound's codec in an MP4 with AAC to one that nobody can decode."""
    data = bytearray(make_video(path, sound="aac").read_bytes())
    entry = data.find(b"mp4a", data.find(b"stsd", data.find(b"soun")))
    box = data.find(b"esds", entry)
    data[entry : entry + 4], data[box : box + 4] = b"apac", b"dapa"
    path.write_bytes(data)
    return path


def joined(path: Path, *parts: Path) -> Path:
    """One file after the other, as `cat` writes them."""
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def recorded(
    path: Path,
    *,
    codec: str = "libx264",
    sizes: Sequence[tuple[int, int]] = ((64, 48),),
    count: int = 10,
    rate: int = 25,
    start_s: float = 0.0,
    pixels: str = "yuv420p",
    picture: NDArray[np.uint8] | None = None,
    sound_s: float = 0.0,
    tags: tuple[int, int, int, int] | None = None,
) -> Path:
    """A video of `count` pictures of each of `sizes`, encoded one after the other into one stream.

    `tags` are matrix, primaries, transfer and range (H.273);
    `sound_s` is the length of an AAC track; `picture` takes the place of flat grey.
    """
    with av.open(str(path), "w") as out:
        stream: Any = None
        sound: Any = None
        for part, (width, height) in enumerate(sizes):
            encoder: Any = av.CodecContext.create(codec, "w")
            encoder.width, encoder.height, encoder.pix_fmt = width, height, pixels
            encoder.time_base = Fraction(1, 90_000)
            encoder.framerate = Fraction(rate)
            if tags:
                encoder.colorspace, encoder.color_primaries, encoder.color_trc, encoder.color_range = tags
            if codec.startswith("libx26"):
                encoder.options = {"preset": "ultrafast", "crf": "12", "bf": "0"}
            if stream is None:
                stream = out.add_stream(codec, rate=rate)
                stream.width, stream.height, stream.pix_fmt = width, height, pixels
                stream.time_base = Fraction(1, 90_000)
                if tags:
                    context = stream.codec_context
                    context.colorspace, context.color_primaries, context.color_trc, context.color_range = tags
                if codec.startswith("libx26"):
                    stream.codec_context.options = encoder.options
                sound = out.add_stream("aac", rate=48_000) if sound_s else None
                encode = stream.encode
            else:
                encode = encoder.encode
            for index in range(count):
                image = np.full((height, width, 3), 60 + 8 * index % 160, np.uint8) if picture is None else picture
                frame = image if isinstance(image, av.VideoFrame) else av.VideoFrame.from_ndarray(image, format="rgb24")
                frame = frame.reformat(format=pixels)
                seconds = start_s + (part * count + index) / rate
                frame.pts, frame.time_base = round(seconds * 90_000), Fraction(1, 90_000)
                _mux(out, stream, encode(frame))
            _mux(out, stream, encode(None))
        if sound is not None:
            for begin in range(0, round(sound_s * 48_000), 1024):
                tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.int16), format="s16", layout="mono")
                tone.sample_rate, tone.pts, tone.time_base = 48_000, begin, Fraction(1, 48_000)
                out.mux(sound.encode(tone))
            out.mux(sound.encode(None))
    return path


def _mux(out: Any, stream: Any, packets: list[Any]) -> None:
    for packet in packets:
        packet.stream = stream
        out.mux(packet)


def shown_wider(path: Path) -> Path:
    """A WebM of stored 32 x 48 pixels whose container states a width of 64 to be displayed."""
    data = recorded(path, codec="libvpx", sizes=[(32, 48)]).read_bytes()
    stored = b"\xb0\x81\x20\xba\x81\x30"  # PixelWidth and PixelHeight
    at = data.find(b"\xe0\x86" + stored) - 8  # the default duration is before it
    assert data[at : at + 3] == b"\x23\xe3\x83"
    video = b"\xe0\x8a" + stored + b"\x54\xb0\x81\x40"  # with DisplayWidth
    path.write_bytes(data[:at] + video + b"\xec\x82\0\0" + data[at + 16 :])  # and a void, so that no size changes
    return path


def with_pixel_aspect(source: Path, path: Path, aspect: Fraction) -> Path:
    """The same packets in another file, which states the aspect of a pixel; the codec does not."""
    with av.open(str(source)) as before, av.open(str(path), "w") as after:
        stream: Any = after.add_stream_from_template(before.streams.video[0])
        stream.sample_aspect_ratio = aspect
        for packet in before.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                after.mux(packet)
    return path
