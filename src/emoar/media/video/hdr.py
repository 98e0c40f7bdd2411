"""Tone mapping: brings high dynamic range (PQ, HLG) and the wide colours of BT.2020 to the range of ordinary video.

Transfer functions are those of ITU-R BT.2100, the curve is the EETF of ITU-R BT.2390: what is darker than about half of
the reference white keeps its light, the highlights up to 1000 cd/m² are compressed. The whole mapping is one table over
the three colour values, which FFmpeg's filter `lut3d` interpolates.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["ToneMapper", "is_wide", "table"]

Floats = NDArray[np.float64]

_PQ, _HLG = 16, 18  # transfer characteristics of ITU-T H.273
_BT2020: Final = 9  # primaries
_WHITE_NITS: Final = 203.0  # reference white of BT.2408, which becomes the white of ordinary video
_PEAK_NITS: Final = 1000.0  # of the mastering displays in use, and of HLG's nominal display
_GAMMA: Final = 2.2  # of ordinary displays
_GRID: Final = 33  # points of the table along each axis
_FORMAT: Final = "gbrpf32le"  # the filter is fastest on floats
_TO_BT709: Final = np.array(  # linear light, BT.2020 to BT.709 (BT.2087)
    [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
)
_LUMINANCE: Final = np.array([0.2627, 0.6780, 0.0593])  # BT.2020


def is_wide(picture: VideoFrame) -> bool:
    """Whether a picture has another range or wider colours than ordinary video."""
    return picture.color_trc in (_PQ, _HLG) or picture.color_primaries == _BT2020


class ToneMapper:
    """Maps the pictures of one video; the filter is set up again where their size or kind changes."""

    def __init__(self) -> None:
        self._kind: tuple[int, int, int] | None = None  # width, height, transfer characteristics
        self._graph: Any = None  # owns the two filters below
        self._source: Any = None
        self._sink: Any = None

    def map(self, picture: VideoFrame, matrix: int, width_px: int) -> VideoFrame:
        """The picture in the range of ordinary video, as planes of RGB, scaled to `width_px`.

        `matrix` is that of its YUV values (ITU-T H.273).
        """
        kind = width_px, picture.height, picture.color_trc
        if kind != self._kind:
            self._set_up(*kind)
        rgb = picture.reformat(format=_FORMAT, src_colorspace=matrix, width=width_px)
        self._source.push(rgb)
        return self._sink.pull()

    def _set_up(self, width_px: int, height_px: int, transfer: int) -> None:
        from av.filter import Graph

        graph: Any = Graph()
        with tempfile.TemporaryDirectory(prefix="emoar-") as folder:
            cube = Path(folder) / "table.cube"
            _write_cube(cube, table(transfer))
            source = graph.add_buffer(width=width_px, height=height_px, format=_FORMAT, time_base="1/1000000")
            mapping = graph.add("lut3d", file=str(cube), interp="tetrahedral")
            sink = graph.add("buffersink")
            source.link_to(mapping)
            mapping.link_to(sink)
            graph.configure()
        self._graph, self._source, self._sink = graph, source, sink
        self._kind = width_px, height_px, transfer


def table(transfer: int, size: int = _GRID) -> Floats:
    """(size, size, size, 3) RGB of ordinary video, 0..1, by the blue, green and red value of the picture."""
    axis = np.linspace(0, 1, size)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    signal = np.stack([red, green, blue], axis=-1)
    light = _compressed(_display_light(signal, transfer)) if transfer in (_PQ, _HLG) else signal**_GAMMA
    return np.clip(light @ _TO_BT709.T, 0, 1) ** (1 / _GAMMA)


def _display_light(signal: Floats, transfer: int) -> Floats:
    """Light of the display in cd/m²."""
    if transfer == _PQ:
        return _pq_light(signal)
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    return _PEAK_NITS * scene * np.maximum(scene @ _LUMINANCE, 1e-9)[..., None] ** 0.2


def _compressed(nits: Floats) -> Floats:
    """Light relative to the reference white, at most 1; the brightest channel decides, so that hues stay."""
    brightest = np.maximum(nits.max(axis=-1, keepdims=True), 1e-9)
    return nits * (_eetf(brightest) / brightest) / _WHITE_NITS


def _eetf(nits: Floats) -> Floats:
    """The curve of BT.2390 from `_PEAK_NITS` to `_WHITE_NITS`, both in cd/m²."""
    top = float(_pq_signal(np.array(_PEAK_NITS)))
    white = float(_pq_signal(np.array(_WHITE_NITS))) / top
    knee = 1.5 * white - 0.5
    value = np.minimum(_pq_signal(nits) / top, 1)
    t = np.clip((value - knee) / (1 - knee), 0, 1)
    bent = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * white
    return _pq_light(np.where(value < knee, value, bent) * top)


def _pq_light(signal: Floats) -> Floats:
    """cd/m² of the PQ signal, 0..1 (SMPTE ST 2084)."""
    power = signal ** (1 / 78.84375)
    return 10_000 * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)


def _pq_signal(nits: Floats) -> Floats:
    """The inverse of `_pq_light`."""
    power = (np.maximum(nits, 0) / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def _write_cube(path: Path, values: Floats) -> None:
    """Writes the table in the format of Adobe's `.cube` files, red fastest."""
    rows = "\n".join(" ".join(f"{value:.5f}" for value in row) for row in values.reshape(-1, 3).tolist())
    path.write_text(f"LUT_3D_SIZE {len(values)}\n{rows}\n", "ascii")
