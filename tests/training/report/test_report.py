"""Reports are an extra: without their libraries there is one line with the remedy, and nothing else needs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from training_faces import made_dataset

from emoar.cli import main
from emoar.errors import DependencyMissing, InputError
from emoar.report import require_libraries
from emoar.training.report import PLOT_KINDS, check_plot

parquet = pytest.importorskip("emoar.training.data.write_parquet", reason="needs pyarrow: pip install 'emoar[data]'")
pytest.importorskip("pyarrow", reason="made faces are written as Parquet: pip install 'emoar[data]'")


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    parquet.write_parquet(made_dataset(30), tmp_path / "faces.parquet")
    return tmp_path / "faces.parquet"


@pytest.mark.parametrize("library", ["matplotlib", "jinja2"])
def test_a_missing_library_is_named_with_the_command(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(DependencyMissing, match=r"pip install 'emoar\[report\]'"):
        require_libraries()
    with pytest.raises(DependencyMissing, match=r"pip install 'emoar\[report\]'"):
        check_plot(Path("runs.svg"))


def test_the_command_line_finds_out_before_the_work(
    faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    for command in (
        ["evaluate", "--data", str(faces), "--report", str(tmp_path / "report.html")],
        ["train", "compare", str(tmp_path), "--plot", str(tmp_path / "runs.png")],
        ["data", "clean", str(faces), "-o", str(tmp_path / "cleaned")],
    ):
        assert main(command) != 0
        (line,) = capfd.readouterr().err.strip().splitlines()
        assert line.endswith("pip install 'emoar[report]'")
    assert [path.name for path in tmp_path.iterdir()] == ["faces.parquet"]


def test_a_plot_is_named_by_its_ending() -> None:
    pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")
    for kind in PLOT_KINDS:
        check_plot(Path(f"runs{kind.upper()}"))
    with pytest.raises(InputError, match=r"ends in \.svg, \.png, \.html, got runs\.pdf"):
        check_plot(Path("runs.pdf"))


def test_evaluating_without_a_report_loads_no_plotting_library(faces: Path) -> None:
    program = (
        "import sys; from emoar.cli import main; import emoar.cli.train_compare\n"
        f"assert main(['evaluate', '--data', {str(faces)!r}, '--model', 'emoar-s', '--quiet', '--json']) == 0\n"
        "print(sorted({'matplotlib', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
