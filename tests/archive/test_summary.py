"""The page about an archive: self-contained, escaped, and true to the parts."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from emoar.archive.options import ArchiveOptions, Identity
from emoar.archive.part import DONE, FAILED, INCOMPLETE, PartInfo
from emoar.archive.summary import duration, render_summary

IDENTITY = Identity.of(ArchiveOptions(fps=5))


def info(source: str, state: str = DONE, **fields: object) -> PartInfo:
    return PartInfo(source, f"/v/{source}", state, version="0.1.0", finished="2026-01-02T03:04:05+00:00", **fields)  # type: ignore[arg-type]


def text_of(page: str) -> str:
    words: list[str] = []
    parser = HTMLParser()
    parser.handle_data = words.append  # type: ignore[method-assign]
    parser.feed(page.partition("</head>")[2])
    return " ".join(" ".join(words).split())


def test_counts_shares_and_reasons() -> None:
    infos = [
        info("a.mp4", labels={"happiness": 3, "neutral": 1}, video_s=3600, seconds=720, frames=10, frames_with_face=5),
        info("cut.mp4", INCOMPLETE, error="stopped at 1 s", labels={"neutral": 4}, video_s=65, seconds=13, frames=4),
        info("<b>.mp4", FAILED, error="is empty & broken"),
    ]
    page = render_summary("results", infos, IDENTITY)
    text = text_of(page)
    assert "results: 3 videos" in text
    assert "fps 5" in text
    assert "neutral 62.5%" in text
    assert "happiness 37.5%" in text
    assert "1:01:05 of video" in text
    assert "5.0 × real time per worker" in text
    assert "Failed: 1" in text
    assert "<b>.mp4 is empty & broken" in text
    assert "<b>.mp4" not in page
    assert "cut.mp4 stopped at 1 s" in text


def test_it_loads_nothing() -> None:
    page = render_summary("results", [info("a.mp4", labels={"fear": 1})], IDENTITY)
    assert not re.findall(r"<(?:script|link|img|iframe)|url\(|@import|https?://", page)


def test_bars_of_all_videos_have_the_same_order() -> None:
    infos = [info("a.mp4", labels={"fear": 1, "neutral": 9}), info("b.mp4", labels={"fear": 2, "neutral": 1})]
    page = render_summary("results", infos, IDENTITY)
    bars = re.findall(r'aria-label="([^"]+)"', page)
    assert [re.findall("fear|neutral", bar) for bar in bars] == [["neutral", "fear"]] * 3


def test_nothing_or_very_much_fits() -> None:
    assert "r: 0 videos" in text_of(render_summary("r", [], IDENTITY))
    assert "And 1 more" in text_of(render_summary("r", [info(f"{i}.mp4") for i in range(1001)], IDENTITY))


def test_durations() -> None:
    assert [duration(s) for s in (0.4, 59.6, 65, 3599.7, 36_000_000)] == [
        "0:00",
        "1:00",
        "1:05",
        "1:00:00",
        "10,000:00:00",
    ]
