"""Real processes: two learn what one learns, and a killed run ends with the weights of one that was not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from training_faces import made_dataset, write_csv

torch = pytest.importorskip("torch")

RECIPE = """
architecture = "emoar-s"
epochs = 3
batch_size = 32
lr = 0.02
dropout = 0.0
precision = "float32"
[augment]
rotation_deg = 8.0
mixup = 0.2
cutmix = 0.3
"""


def command(folder: Path, name: str, *more: str) -> list[str]:
    where = ["--data", str(folder / "fer2013.csv"), "-o", str(folder / name), "--accelerator", "cpu", "--threads", "1"]
    return [sys.executable, "-m", "emoar", "train", str(folder / "recipe.toml"), *where, *more]


def run(folder: Path, name: str, *more: str) -> None:
    done = subprocess.run(command(folder, name, *more), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def weights(folder: Path, name: str) -> dict[str, torch.Tensor]:
    return torch.load(folder / name / "final.pt", weights_only=True)["averaged"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data, the recipe and an uninterrupted run of one process, `whole`."""
    folder = tmp_path_factory.mktemp("processes")
    write_csv(made_dataset(240), folder)
    (folder / "recipe.toml").write_text(RECIPE)
    run(folder, "whole")
    return folder


def test_two_processes_learn_what_one_learns(folder: Path) -> None:
    run(folder, "two", "--devices", "2")
    one, two = weights(folder, "whole"), weights(folder, "two")
    for name, value in one.items():
        torch.testing.assert_close(
            two[name], value, rtol=1e-2, atol=2e-3, msg=lambda text, name=name: f"{name}: {text}"
        )
    losses = [
        [json.loads(line)["loss"] for line in (folder / name / "history.jsonl").read_text().splitlines()]
        for name in ("whole", "two")
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def test_a_killed_run_ends_with_the_same_weights(folder: Path) -> None:
    process = subprocess.Popen(command(folder, "killed"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 200
    while not (folder / "killed" / "last.pt").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.2)  # into the next epoch
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (folder / "killed" / "final.pt").exists()
    run(folder, "killed")
    for name, value in weights(folder, "whole").items():
        torch.testing.assert_close(weights(folder, "killed")[name], value, rtol=0, atol=0)
    history = [json.loads(line) for line in (folder / "killed" / "history.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in history] == [1, 2, 3]
