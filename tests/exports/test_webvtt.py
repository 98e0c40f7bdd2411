"""WebVTT, read back by PyAV's demuxer."""

from __future__ import annotations

from pathlib import Path

import av

from emoar.analysis.recording import Recording
from emoar.exports.base import ExportOptions
from emoar.exports.webvtt import write_webvtt


def test_a_cue_for_each_episode(two_faces: Recording, tmp_path: Path) -> None:
    path = tmp_path / "film.vtt"
    assert write_webvtt(two_faces, path, ExportOptions()) == [path]
    with av.open(path) as file:
        cues = [
            (float(packet.pts * packet.time_base), float(packet.duration * packet.time_base), bytes(packet).decode())
            for packet in file.demux()
            if packet.size
        ]
    assert cues == [(0, 1, "face 1: happiness"), (0.5, 0.5, "face 2: surprise"), (1.2, 0.8, "face 1: neutral")]


def test_names_are_escaped(two_faces: Recording, tmp_path: Path) -> None:
    from dataclasses import replace

    write_webvtt(replace(two_faces, persons={1: "<Ann & Bob>"}), tmp_path / "film.vtt", ExportOptions())
    assert "&lt;Ann &amp; Bob&gt;: happiness" in (tmp_path / "film.vtt").read_text()
