"""Imports point one way: the contracts in pyproject.toml hold, and each of them can be broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINT = (sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(folder / "src"), "NO_COLOR": "1"}
    return subprocess.run(LINT, cwd=folder, env=variables, capture_output=True, text=True, check=False)


def test_contracts_are_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("types.py", "import emoar.runtime", "Imports point one way"),
        ("perception/anchors.py", "import emoar.pipeline", "Imports point one way"),
        ("files.py", "import emoar.overlay", "Imports point one way"),
        ("config.py", "import emoar.overlay", "Imports point one way"),
        ("face_landmarks.py", "import emoar.types", "Imports point one way"),
        ("scene_json.py", "import emoar.types", "Imports point one way"),
        ("types.py", "import emoar.media.scene_table", "Imports point one way"),
        ("overlay/layout.py", "import emoar.perception.pose", "Drawing and files know only the values that flow"),
        ("files.py", "import emoar.models", "Drawing and files know only the values that flow"),
        ("training/recipe.py", "import emoar.web_build", "Imports point one way"),
        ("pipeline.py", "import emoar.training.recipe", "Imports point one way"),
        ("demo/run.py", "import emoar.training.recipe", "Only the command line and federated learning import training"),
        ("pipeline.py", "import emoar.server.workers.messages", "Imports point one way"),
        ("server/workers/messages.py", "import emoar.cli.keys", "Imports point one way"),
        ("archive/part.py", "import emoar.archive.run", "Inside archive, imports point one way"),
        ("training/recipe.py", "import emoar.training.loop.train", "Inside training, imports point one way"),
        ("training/networks/cost.py", "import emoar.training.checkpoint", "Inside training, imports point one way"),
        ("server/http/middleware.py", "import emoar.server.routes.health", "Inside the server, imports point one way"),
        ("server/http/access.py", "import emoar.server.state", "Inside the server, imports point one way"),
        ("server/pages/html.py", "import emoar.server.http.headers", "Inside the server, imports point one way"),
        ("server/jobs/jobs.py", "import emoar.server.workers.pool", "Inside the server, imports point one way"),
        ("server/settings.py", "import emoar.server.http.problems", "Inside the server, imports point one way"),
        ("server/anything.py", "", "Inside the server, imports point one way"),
        ("anything.py", "", "Imports point one way"),
        ("training/anything.py", "", "Inside training, imports point one way"),
        ("geometry.py", "import scipy", "Running needs no training or plotting library"),
    ],
)
def test_broken_contract_is_found(module: str, line: str, contract: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("*.tflite", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "src" / "emoar" / module).open("a") as source:
        source.write(f"\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    broken = " ".join(done.stdout.split("Broken contracts")[1].split())
    assert contract in broken
