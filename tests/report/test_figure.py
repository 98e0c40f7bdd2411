"""Figures are the same whoever makes them and whenever, and follow the colours of a page."""

from __future__ import annotations

import os
import subprocess
import sys
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="figures need matplotlib: pip install 'emoar[report]'")

from matplotlib.axes import Axes  # noqa: E402

from emoar.report.figure import DARK, LIGHT, WIDTH_IN, Chart, page_svg, sheet  # noqa: E402


def draw(axes: Axes) -> None:
    for place, name in enumerate(LIGHT):
        axes.barh(place, place + 1, color=LIGHT[name])
        axes.text(place, place, f"_{name} $x$ <b>")
    axes.set_xlabel("中文")


CHART = Chart('A "chart"', draw, 2.0)


def test_a_chart_of_a_page_has_the_page_s_colours() -> None:
    svg = page_svg(CHART)
    assert svg.startswith('<svg role="img" aria-label="A &quot;chart&quot;" viewBox="0 0 374.4 144"')
    for name, colour in LIGHT.items():
        assert colour not in svg
        assert f"var(--{name})" in svg
    assert "<g id=" not in svg
    assert "中文" in svg
    assert "_blue $x$ &lt;b&gt;" in svg
    ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns:xlink="x" ', 1))
    assert LIGHT.keys() == DARK.keys()
    assert len(set(LIGHT.values())) == len(LIGHT)


def test_the_user_s_settings_neither_matter_nor_change() -> None:
    plain = page_svg(CHART)
    with matplotlib.rc_context({"font.size": 30, "axes.grid": True, "svg.fonttype": "path"}):
        assert page_svg(CHART) == plain
        assert matplotlib.rcParams["font.size"] == 30


def test_another_process_draws_the_same_bytes_and_needs_no_pyplot() -> None:
    program = (
        "import sys\n"
        "from emoar.training.report.charts import Bar, bars\n"
        "from emoar.report.figure import sheet\n"
        "sys.stdout.buffer.write(sheet([bars('t', [Bar('a', 1.0, '1', (0.5, 2.0))])] * 3, 'svg', 'T'));"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    first, second = (
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env=os.environ | {"PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    )
    assert first.stdout == second.stdout
    assert b"<title>T</title>" in first.stdout
    assert b"<dc:date>" not in first.stdout


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (3, 2, 2)])
def test_a_sheet_holds_all_charts(count: int, columns: int, rows: int) -> None:
    image = cv2.imdecode(np.frombuffer(sheet([CHART] * count, "png", "t"), np.uint8), cv2.IMREAD_COLOR)
    assert image.shape == (round(200 * rows * 2.4), round(200 * columns * WIDTH_IN), 3)
    assert (image[0, 0] == 255).all()
    svg = sheet([CHART] * count, "svg", "All").decode()
    assert svg.count('>A "chart"<') == count
    assert LIGHT["blue"] in svg
