"""ELAN's annotation files (`.eaf`, EAF 3.0): a tier for each face, one annotation for each stretch of a label."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from emoar.analysis.episodes import episodes
from emoar.analysis.recording import Recording, face_series
from emoar.exports.base import ExportOptions
from emoar.files import atomic_write

__all__ = ["write_elan"]

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA: Final = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_TYPE: Final = "default-lt"
_UNKNOWN_DATE: Final = "1970-01-01T00:00:00+00:00"

Interval = tuple[float, float, str]  # start, end, text


def write_elan(recording: Recording, path: Path, options: ExportOptions) -> list[Path]:
    """A tier `face 1 expression` for each face, and one of the markers if there are any. Times are in milliseconds.

    Raises:
        OutputError: the file cannot be written.
        InputError: the label set changes within the recording.
    """
    document = Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "EmoAR",
            "DATE": recording.began or _UNKNOWN_DATE,
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": _XSI,
            "xsi:noNamespaceSchemaLocation": _SCHEMA,
        },
    )
    header = SubElement(document, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    media = options.media or recording.source
    if media:
        kind = mimetypes.guess_type(media)[0] or "unknown"
        name = Path(media).name
        SubElement(
            header,
            "MEDIA_DESCRIPTOR",
            {"MEDIA_URL": f"file:///{name}", "MIME_TYPE": kind, "RELATIVE_MEDIA_URL": f"./{name}"},
        )
    times = SubElement(document, "TIME_ORDER")
    for tier_id, intervals in _tiers(recording).items():
        _add_tier(document, times, tier_id, intervals)
    SubElement(
        document,
        "LINGUISTIC_TYPE",
        {"GRAPHIC_REFERENCES": "false", "LINGUISTIC_TYPE_ID": _TYPE, "TIME_ALIGNABLE": "true"},
    )
    indent(document, "    ")
    atomic_write(path, tostring(document, encoding="UTF-8", xml_declaration=True))
    return [path]


def _tiers(recording: Recording) -> dict[str, list[Interval]]:
    """The annotations of each tier; within a tier none overlap."""
    tiers = {
        f"{series.face} expression": [(one.start_s, one.end_s, one.label) for one in episodes(series)]
        for series in face_series(recording)
    }
    if recording.markers:
        starts = [marker.time_s for marker in recording.markers]
        ends = [*starts[1:], recording.end_s]
        tiers["markers"] = [
            (marker.time_s, min(marker.end_s or end, end), marker.name)
            for marker, end in zip(recording.markers, ends, strict=True)
        ]
    return tiers


def _add_tier(document: Element, times: Element, tier_id: str, intervals: list[Interval]) -> None:
    tier = SubElement(document, "TIER", {"LINGUISTIC_TYPE_REF": _TYPE, "TIER_ID": tier_id})
    for start_s, end_s, text in intervals:
        start_ms, end_ms = round(start_s * 1000), round(end_s * 1000)
        if end_ms <= start_ms:  # shorter than a millisecond: ELAN has no annotation without length
            continue
        slots = [_slot(times, start_ms), _slot(times, end_ms)]
        annotation = SubElement(
            SubElement(tier, "ANNOTATION"),
            "ALIGNABLE_ANNOTATION",
            {"ANNOTATION_ID": f"a{len(times) // 2}", "TIME_SLOT_REF1": slots[0], "TIME_SLOT_REF2": slots[1]},
        )
        SubElement(annotation, "ANNOTATION_VALUE").text = text


def _slot(times: Element, time_ms: int) -> str:
    name = f"ts{len(times) + 1}"
    SubElement(times, "TIME_SLOT", {"TIME_SLOT_ID": name, "TIME_VALUE": str(time_ms)})
    return name
