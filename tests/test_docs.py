"""The documentation builds as a site without a warning, needs nothing of another host, and describes what is public."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import emoar.errors
import emoar.models
import emoar.overlay
from emoar.files import PartialFile
from emoar.labels import LabelSet
from emoar.media import formats, scene_table
from emoar.media.sinks import open_scene_sink
from emoar.overlay import base, names
from emoar.overlay.engine import skia, stroke

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
DECISIONS = sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built by mkdocs in strict mode: a warning is an error."""
    pytest.importorskip("mkdocs", reason="needs mkdocs: pip install 'emoar[docs]'")
    pytest.importorskip("mkdocstrings", reason="needs mkdocstrings: pip install 'emoar[docs]'")
    target = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def test_pages_load_nothing_from_other_hosts(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        assert not [address for address in _loaded(page) if re.match(r"(https?:)?//", address)], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//|@import", sheet.read_text()), sheet


def test_what_pages_load_and_link_to_exists(site: Path) -> None:
    for page in site.rglob("*.html"):
        for address in _loaded(page):
            path = address.partition("#")[0].partition("?")[0]
            if path and not path.startswith(("data:", "/")):
                assert (page.parent / path).exists(), f"{page}: {address}"


def test_the_api_has_every_public_name(site: Path) -> None:
    anchors = {
        found for page in (site / "api").glob("*.html") for found in re.findall(r'id="(emoar[\w.]+)"', page.read_text())
    }
    documented = {anchor.rpartition(".")[2] for anchor in anchors}
    public = {*emoar.__all__, *emoar.models.__all__, *emoar.overlay.__all__, *emoar.errors.__all__} - {"__version__"}
    assert sorted(public - documented) == []


def test_the_api_shows_the_comments_of_fields(site: Path) -> None:
    source = (ROOT / "src/emoar/pipeline.py").read_text()
    comment = re.search(r"^    vertical_fov_deg: .* = .*  # (.+)$", source, re.MULTILINE)
    assert comment
    assert comment.group(1) in (site / "api/pipeline.html").read_text()


def test_a_broken_link_ends_the_build(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="needs mkdocs: pip install 'emoar[docs]'")
    (tmp_path / "docs").mkdir()
    shutil.copy(DOCS / "content-packs.md", tmp_path / "docs/README.md")
    with (tmp_path / "docs/README.md").open("a") as page:
        page.write("\n[nowhere](nowhere.md)\n")
    settings = (ROOT / "mkdocs.yml").read_text()
    plugins, nav = settings.index("plugins:"), settings.index("nav:\n")
    extensions = settings.index("markdown_extensions:")
    (tmp_path / "mkdocs.yml").write_text(settings[:plugins] + settings[extensions:nav])
    command = [sys.executable, "-m", "mkdocs", "build"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "nowhere.md" in done.stderr


def test_the_overlay_of_the_how_to_is_drawn_by_its_name(
    astronaut: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = {name: getattr(base, name) for name in ("by_depth", "colour_rgb", "is_drawable")}
    _install("emoar.overlay.halo", _python("overlay"), shared | {"skia": skia, "stroke": stroke}, monkeypatch)
    row = _row("overlay", OverlaySpec=names.OverlaySpec)
    monkeypatch.setattr(names, "OVERLAYS", {**names.OVERLAYS, row.name: row})
    with emoar.Pipeline(emoar.PipelineOptions(mode="photo")) as pipeline:
        scene = pipeline(astronaut)
    picture = emoar.Painter((row.name,)).draw(scene)
    assert 100 < (picture != astronaut).any(axis=2).sum() < 5000


def test_the_format_of_the_how_to_is_written(
    astronaut: NDArray[np.uint8], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = {"PartialFile": PartialFile, "columns_for": scene_table.columns_for, "csv": csv}
    shared |= {"scene_to_rows": scene_table.scene_to_rows}
    _install("emoar.media.csv_sink", _python("output-format"), shared, monkeypatch)
    row = _row("output-format", SceneFormat=formats.SceneFormat)
    monkeypatch.setattr(formats, "SCENE_FORMATS", (*formats.SCENE_FORMATS, row))
    with emoar.Pipeline(emoar.PipelineOptions(mode="photo")) as pipeline:
        sink = open_scene_sink(tmp_path / "scenes.csv", label_sets=pipeline.label_sets)
        sink.write(pipeline(astronaut), None)
    assert sink.close() == f"{tmp_path / 'scenes.csv'} (1 rows)"
    with (tmp_path / "scenes.csv").open(newline="") as file:
        (written,) = csv.DictReader(file)
    assert (written["track_id"], written["label"]) == ("1", "happiness")


def test_the_label_set_of_the_how_to_is_one() -> None:
    row = _row("label-set", index=0, LabelSet=LabelSet)
    assert len(row.labels) == len(set(row.categories)) == 8


def test_the_figures_of_the_how_to_are_computed() -> None:
    probabilities, truth = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], np.float32), np.array([0, 1, -1])
    results: dict[str, Any] = {"probabilities": probabilities, "truth": truth}
    exec(_python("evaluate"), results)
    assert (results["found"].accuracy, results["found"].count) == (1.0, 2)


def test_the_architecture_of_the_how_to_learns() -> None:
    torch = pytest.importorskip("torch", reason="needs torch: pip install 'emoar[train]'")
    from emoar.training.networks import architectures
    from emoar.training.networks.base import CropNetwork

    shared: dict[str, Any] = {"nn": torch.nn, "CropNetwork": CropNetwork, "Architecture": architectures.Architecture}
    exec(_python("architecture"), shared)
    rows = {**architectures.ARCHITECTURES, **eval("{" + _python("architecture", 1) + "}", shared)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(architectures, "ARCHITECTURES", rows)
        network = architectures.build("tiny", {"custom": ("asleep", "awake")}, channels=3)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    crops, truth = torch.randint(0, 256, (8, 3, 48, 48)).float(), torch.arange(8) % 2
    losses: list[float] = []
    for _ in range(5):
        logits = network(crops)["custom"]
        assert logits.shape == (8, 2)
        loss = torch.nn.functional.cross_entropy(logits, truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("name", DECISIONS)
def test_decision_is_in_the_index_under_its_number(name: str) -> None:
    number, title = re.match(r"# (\d+)\. (.+)\n", (DOCS / "decisions" / name).read_text()).groups()  # type: ignore[union-attr]
    assert name.startswith(f"{int(number):04}-")
    assert f"| [{number}]({name}) | {title} |" in (DOCS / "decisions/README.md").read_text()


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(name[:4]) for name in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_modules_that_the_architecture_names_exist() -> None:
    """Each is a path below the repository or below some folder of the package."""
    text = (DOCS / "architecture.md").read_text()
    roots = (ROOT, ROOT / "src/emoar", *(ROOT / "src/emoar").rglob("*/"))
    named = set(re.findall(r"`((?:[\w-]+/)*[\w-]+\.(?:py|ts|json|toml))`", text))
    assert len(named) > 50
    missing = [name for name in sorted(named) if not any((root / name).exists() for root in roots)]
    assert not missing


def _python(page: str, index: int = 0) -> str:
    """A block of Python in a how-to."""
    return re.findall(r"```python\n(.*?)```", (DOCS / f"how-to/{page}.md").read_text(), re.DOTALL)[index]


def _row(page: str, index: int = 1, **shared: Any) -> Any:
    """The row of a table in a how-to."""
    return eval(_python(page, index), shared)


def _install(name: str, code: str, shared: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes a module of the code, as if it were the file of that name."""
    module = ModuleType(name)
    vars(module).update(shared)
    exec(code, vars(module))
    monkeypatch.setitem(sys.modules, name, module)


class _Loaded(HTMLParser):
    """Collects what a page loads by itself, and links to other pages of the site; links to other hosts are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = given.get("src") or given.get("href") or ""
        elsewhere = tag == "a" and address.startswith(("http", "mailto:"))
        if address and not elsewhere and given.get("rel") != "canonical":
            self.addresses.append(address)


def _loaded(page: Path) -> list[str]:
    reader = _Loaded()
    reader.feed(page.read_text())
    return reader.addresses


@pytest.mark.parametrize("program", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_the_page_of_examples_shows_the_programs(program: Path, site: Path) -> None:
    text = re.sub(r"<[^>]+>", "", (site / "examples.html").read_text("utf-8"))
    names = re.findall(r"^(?:def|class|import|from) (\w+)", program.read_text("utf-8"), re.MULTILINE)
    assert names
    assert all(name in text for name in names)
