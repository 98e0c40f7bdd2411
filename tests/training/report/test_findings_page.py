"""The page of what cleaning found."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from training_faces import made_dataset

pytest.importorskip("jinja2", reason="pages need Jinja2: pip install 'emoar[report]'")
pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")

from emoar.training.clean.findings import Finding, Findings
from emoar.training.report.findings_page import findings_page, write_findings_page

DATA = dataclasses.replace(made_dataset(60), rows=np.arange(60) + 100, name="Faces <1>", licence="CC0 & more")


def findings(*items: Finding) -> Findings:
    return Findings(items, "fer2013", {})


def test_few_findings_are_all_shown() -> None:
    html = findings_page(
        DATA,
        findings(
            Finding("blank", 103, 1.0, "exclude", "deviation 0.0 of 255"),
            Finding("duplicate", 108, 1.0, "exclude", other_row=107),
            Finding("imbalance", None, 0.9, "weight:3", "disgust: 2 faces, mean 8"),
        ),
    )
    assert "<h1>Faces &lt;1&gt;: findings</h1>" in html
    assert "60 faces, licence: CC0 &amp; more." in html
    assert html.count("<svg ") == 4  # findings, labels, votes, agreement
    assert html.count("<img ") == 3  # the copy stands beside its original
    assert '<h2 id="blank">blank: 1</h2>' in html
    assert "Blank or nearly one colour. Suggested: exclude (1)." in html
    assert "1.00 deviation 0.0 of 255" in html
    assert f"row 103, {DATA.split[3]}" in html
    assert "disgust: 2 faces, mean 8: weight:3" in html
    place = ["Training", "PublicTest", "PrivateTest"].index(str(DATA.split[3]))
    cells = "".join(f"<td>{int(index == place)}</td>" for index in range(3))
    assert f'<a href="#blank">blank</a></td>{cells}<td>1</td>' in html


def test_of_many_findings_the_ends_are_shown_with_all_scores() -> None:
    items = [Finding("profile", 100 + i, i / 60, "review" if i % 2 else "exclude") for i in range(50)]
    html = findings_page(DATA, findings(*items))
    assert html.count("<img ") == 24
    assert "The 12 surest and the 12 least sure:" in html
    assert "Suggested: review (25), exclude (25)." in html
    assert "<figcaption>Scores</figcaption><svg " in html
    shown = [row for row in range(100, 150) if f"row {row}, " in html]
    assert shown == [*range(100, 112), *range(138, 150)]


def test_data_without_votes_and_without_findings(tmp_path: Path) -> None:
    plain = dataclasses.replace(DATA, targets={"fer2013": DATA.targets["fer2013"]}, name="")
    write_findings_page(plain, findings(), tmp_path / "new" / "report.html")
    html = (tmp_path / "new" / "report.html").read_text("utf-8")
    assert "Labelled faces: findings" in html
    assert "Nothing was found." in html
    assert html.count("<svg ") == 1
    assert "FER+ votes" not in html
