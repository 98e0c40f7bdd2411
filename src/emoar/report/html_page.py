"""Self-contained HTML pages: styles and charts are embedded, without scripts or external resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from emoar.report.figure import DARK, LIGHT, Chart, page_svg
from emoar.report.text import number, percent

__all__ = ["Table", "render_page"]

_HERE: Final = "emoar.report"


@dataclass(frozen=True)
class Table:
    """A table with text in the first column and numbers in the others."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def render_page(package: str, template: str, **values: object) -> str:
    """Renders a template that extends `base.html.jinja`; text in the values is escaped.

    Args:
        package: the package whose folder `templates` has the template.
        template: name of the file.
        values: variables of the template by name.
    """
    return _environment(package).get_template(template).render(values)


@cache
def _environment(package: str) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(_HERE)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"svg": _svg, "percent": percent, "number": number}
    cast("dict[str, Any]", environment.globals).update(light=LIGHT, dark=DARK)
    return environment


def _svg(chart: Chart) -> Markup:
    return Markup(page_svg(chart))
