"""`emoar bench`: the table, the JSON, and what is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emoar.bench.stages import describe_machine
from emoar.cli import main
from emoar.errors import ModelMissing
from emoar.models.public import model_path


@pytest.fixture(scope="module", autouse=True)
def _portraits() -> None:
    for package in ("skimage", "matplotlib"):
        pytest.importorskip(package, reason="a portrait comes with it: pip install 'emoar[demo]'")


@pytest.fixture
def models() -> None:
    try:
        model_path("face_landmark")
    except ModelMissing as exc:
        pytest.skip(str(exc))


def test_command_prints_json(models: None, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--json", "--rounds", "1"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert set(document) == {"machine", "versions", "threads", "timings", "further_face_ms"}
    assert set(document["timings"][0]) == {"name", "median_ms", "mean_ms", "p95_ms", "runs"}


def test_command_prints_a_table(models: None, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--rounds", "1"]) == 0
    printed = capfd.readouterr().out
    assert "median" in printed
    assert "each further face:" in printed
    assert describe_machine()["processor"] in printed


def test_command_without_models_names_the_remedy(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--model-folder", str(tmp_path)]) == ModelMissing.exit_code
    printed = capfd.readouterr().err
    assert "emoar models pull" in printed
    assert "Traceback" not in printed
