"""`summary.html`: one self-contained page about all videos of an archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from emoar.archive.options import DEFAULT, Identity
from emoar.archive.part import DONE, FAILED, INCOMPLETE, PartInfo
from emoar.archive.results import ResultsFolder
from emoar.files import atomic_write
from emoar.labels import colours_rgb

__all__ = ["duration", "render_summary", "write_summary"]

_MOST_ROWS: Final = 1000  # of a table
_MEANINGS: Final = {
    FAILED: ("Failed", "Nothing of these could be analysed. The next run tries them again."),
    INCOMPLETE: ("Incomplete", "These are analysed up to where they can be read."),
}


@dataclass(frozen=True)
class _Share:
    label: str
    percent: str
    width: float  # per cent
    colour: str


def write_summary(results: ResultsFolder, infos: Sequence[PartInfo]) -> None:
    """Writes the page.

    Raises:
        OutputError: it cannot be written.
    """
    assert results.identity is not None
    atomic_write(results.summary, render_summary(results.root.name, infos, results.identity).encode())


def render_summary(name: str, infos: Sequence[PartInfo], identity: Identity) -> str:
    """The page as HTML; `name` is the folder's."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("emoar.archive"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    labels = sum((Counter(info.labels) for info in infos), Counter[str]())
    order = [label for label, _ in labels.most_common()]
    colours = {label: f"rgb{rgb}" for label, rgb in colours_rgb(tuple(order)).items()}
    readable = [info for info in infos if info.state != FAILED]
    return environment.get_template("summary.html.jinja").render(
        title=f"{name}: {len(infos):,} video{'' if len(infos) == 1 else 's'}",
        subtitle=_made_with(infos, identity),
        cards=_cards(infos),
        shares=_shares(labels, order, colours),
        problems=[
            {"title": title, "meaning": meaning, "rows": [info for info in infos if info.state == state]}
            for state, (title, meaning) in _MEANINGS.items()
        ],
        videos=[_video(info, order, colours) for info in readable],
        most=_MOST_ROWS,
    )


def duration(seconds: float) -> str:
    """`2:05` or `13:02:05`."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours:,}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _made_with(infos: Sequence[PartInfo], identity: Identity) -> str:
    options = ", ".join(f"{name} {value}" for name, value in identity.options.items() if value != DEFAULT)
    versions = ", ".join(sorted({info.version for info in infos}))
    dates = sorted(info.finished[:10] for info in infos)
    between = f"{dates[0]} to {dates[-1]}" if dates and dates[0] != dates[-1] else "".join(dates[:1])
    return f"Model {identity.model}; {options}. EmoAR {versions}, {between}."


def _cards(infos: Sequence[PartInfo]) -> list[dict[str, Any]]:
    states = Counter(info.state for info in infos)
    video_s, work_s = sum(info.video_s for info in infos), sum(info.seconds for info in infos)
    cards: list[dict[str, Any]] = [{"name": "analysed", "value": f"{states[DONE]:,}", "bad": False}]
    cards += [{"name": state, "value": f"{states[state]:,}", "bad": True} for state in _MEANINGS if states[state]]
    cards += [
        {"name": "of video", "value": duration(video_s), "bad": False},
        {"name": "faces followed", "value": f"{sum(info.faces for info in infos):,}", "bad": False},
    ]
    if work_s > 0:
        cards.append({"name": "real time per worker", "value": f"{video_s / work_s:.1f} ×", "bad": False})
    return cards


def _video(info: PartInfo, order: Sequence[str], colours: Mapping[str, str]) -> dict[str, Any]:
    return {
        "source": info.source,
        "length": duration(info.video_s),
        "size": f"{info.width_px} × {info.height_px}",
        "faces": f"{info.faces:,}",
        "with_face": f"{info.frames_with_face / info.frames:.0%}" if info.frames else "",
        "shares": _shares(info.labels, order, colours),
        "seconds": f"{info.seconds:,.1f} s",
    }


def _shares(labels: Mapping[str, int], order: Sequence[str], colours: Mapping[str, str]) -> list[_Share]:
    """The share of each label, in the order of the whole archive, so that bars are comparable."""
    total = sum(labels.values())
    return [
        _Share(label, f"{labels[label] / total:.1%}", round(100 * labels[label] / total, 3), colours[label])
        for label in order
        if labels.get(label)
    ]
