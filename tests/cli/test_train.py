"""`emoar train`: a short run, the learning-rate finder, and mistakes in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from training_faces import made_dataset, write_csv

pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")

from emoar.cli import main, train, train_average
from emoar.training.checkpoint import Checkpoint
from emoar.training.loop.lr_finder import LrCurve
from emoar.training.loop.train import EpochReport

RECIPE = 'architecture = "emoar-s"\nepochs = 2\nbatch_size = 16\nlr = 0.02\nrecompute_batchnorm = true\n'
ONE = ("--accelerator", "cpu", "--threads", "1")


def ship(_network: Any, info: Any, _data: Any, output: Path) -> Path:
    """Stands for the export, which has tests of its own."""
    path = output / f"{info.name}.tflite"
    path.write_bytes(b"a model")
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(train, "ship", ship)
    monkeypatch.setattr(train_average, "ship", ship)
    write_csv(made_dataset(60), tmp_path)
    (tmp_path / "recipe.toml").write_text(RECIPE)
    return tmp_path


def test_a_run_and_the_mean_of_two(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = ("--data", str(folder / "fer2013.csv"))
    recipe, first = str(folder / "recipe.toml"), folder / "first"
    assert main(["train", recipe, *data, "-o", str(first), *ONE]) == 0
    out, err = capfd.readouterr()
    assert f"{first / 'emoar-s.tflite'}: 0.00 MB; measure it: emoar evaluate" in out.replace("\n", "")
    assert "emoar-s: 42 faces, 2 epochs" in err
    assert "epoch   2/2  loss" in err
    further, init = folder / "further", f"init={first / 'final.pt'}"
    assert main(["train", "run", recipe, *data, "-o", str(further), "--set", init, "--set", "epochs=1", *ONE]) == 0
    assert "started from" in capfd.readouterr().err
    paths = [str(run / "final.pt") for run in (first, further)]
    assert main(["train", "average", *paths, *data, "-o", str(folder / "mean"), "--shares", "1,3"]) == 0
    assert Checkpoint.load(folder / "mean" / "final.pt").architecture == "emoar-s"
    assert main(["train", "average", *paths, *data, "-o", str(folder / "mean"), "--shares", "much"]) == 2
    assert "--shares takes numbers with commas between them, got 'much'" in capfd.readouterr().err


def test_the_finder_prints_a_curve_and_a_suggestion(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["--data", str(folder / "fer2013.csv"), "--steps", "10", *ONE]
    assert main(["train", "find-lr", str(folder / "recipe.toml"), *arguments]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert 6 <= len(lines) <= 11
    assert lines[0].startswith(" 1.00e-05")
    assert lines[-1].startswith("suggested: lr = ")


def test_the_curve_has_a_bar_for_each_rate(capfd: pytest.CaptureFixture[str]) -> None:
    train._print_curve(LrCurve((1e-3, 1e-2, 1e-1), (2.0, 1.0, 9.0), 1e-3))
    first, lowest, highest, last = capfd.readouterr().out.splitlines()
    assert (first.count("█"), lowest.count("█"), highest.count("█")) == (40, 1, 40)
    assert last == "suggested: lr = 0.001  (a tenth of the rate with the lowest loss)"


def test_the_line_of_an_epoch() -> None:
    report = EpochReport(3, 12, 1.0, 0.5, 10.0, {"fer2013": 0.625})
    assert train._line(report) == "epoch   3/12  loss 0.5000  PublicTest: fer2013 62.50%"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--set", "epoch=3"), "unknown key epoch; did you mean epochs?"),
        (("--set", "epochs=0"), "epochs must be a whole number of at least 1, got 0"),
        (("--set", "zoom=1"), "unknown key zoom"),
        (("--set", "architecture=alexnet"), "architecture must be one of emoar-s"),
        (("--set", "init=none.pt"), "none.pt does not exist"),
        (("--set", "pretrained=true"), "has no pretrained weights"),
        (("--devices", "0"), "--devices must be at least 1"),
    ],
)
def test_mistakes_are_one_line(
    folder: Path, arguments: tuple[str, ...], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    data = ("--data", str(folder / "fer2013.csv"), "-o", str(folder / "run"))
    assert main(["train", str(folder / "recipe.toml"), *data, *ONE, *arguments]) != 0
    err = capfd.readouterr().err
    assert message in " ".join(err.split())
    assert "Traceback" not in err
