"""`emoar federated budget` and `simulate`, as users call them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from emoar.cli import main
from emoar.labels import FER2013
from emoar.training.checkpoint import Checkpoint
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import IndexTargets
from emoar.training.data.write_parquet import write_parquet
from emoar.training.networks.architectures import build
from emoar.training.networks.fold_batchnorm import fold_batchnorm


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Labelled faces of noise, and an untrained model."""
    folder = tmp_path_factory.mktemp("federated")
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (84, 48, 48), dtype=np.uint8)
    split = np.where(np.arange(84) < 56, "Training", "PublicTest")
    write_parquet(
        FaceDataset(images, {"fer2013": IndexTargets(FER2013, np.arange(84) % 7)}, split), folder / "f.parquet"
    )
    network = build("emoar-s", {"fer2013": FER2013})
    recipe = {"architecture": "emoar-s", "size_px": 48, "channels": 1}
    Checkpoint(recipe, {"fer2013": FER2013}, network.state_dict(), 1).save(folder / "model.pt")
    return folder / "f.parquet", folder / "model.pt"


def test_budget_of_clients_and_of_one_clients_faces(capsys: pytest.CaptureFixture[str]) -> None:
    given = [
        "federated",
        "budget",
        "--clients",
        "1000",
        "--per-round",
        "50",
        "--rounds",
        "100",
        "--noise",
        "1",
        "--json",
    ]
    assert main(given) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["unit"] == "client"
    assert printed["epsilon"] == pytest.approx(4.1, abs=0.1)
    assert "RDP" in printed["accountant"]
    assert main(["federated", "budget", "--faces", "320", "--rounds", "10", "--epsilon", "8"]) == 0
    assert "for each example" in capsys.readouterr().out


def test_a_delta_that_is_too_large_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["federated", "budget", "--clients", "1000", "--rounds", "1", "--noise", "1", "--delta", "0.01"]
    assert main(given) == 0
    assert "far below 1 / 1000" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "privacy"),
    [
        ([], ""),
        (["--epsilon", "8"], "client"),
        (["--example-epsilon", "8"], "example"),
        (["--secure-aggregation"], ""),
        (["--secure-aggregation", "--epsilon", "8"], "client"),
    ],
)
def test_simulate_writes_a_model_and_what_was_spent(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], privacy: str
) -> None:
    data, model = files
    out = tmp_path / "out.pt"
    given = ["federated", "simulate", "--data", str(data), "--model", str(model), "--clients", "4", "--rounds", "2"]
    assert main([*given, *options, "-o", str(out)]) == 0
    printed = capsys.readouterr().out
    before, after = Checkpoint.load(model), Checkpoint.load(out)
    assert after.state["privacy"].get("unit", "") == privacy
    assert ("privacy: none" in printed) == (not privacy)
    if privacy:
        assert 7.5 < after.state["privacy"]["epsilon"] <= 8
        assert f"for each {privacy}" in printed
    assert not before.weights["heads.fer2013.weight"].equal(after.weights["heads.fer2013.weight"])
    assert before.weights["stem.0.weight"].equal(after.weights["stem.0.weight"])


def test_simulate_trains_a_part_of_the_network(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, model = files
    out = tmp_path / "out.pt"
    given = ["federated", "simulate", "--data", str(data), "--model", str(model), "--clients", "2", "--rounds", "1"]
    assert main([*given, "--part", "block", "--epsilon", "8", "-o", str(out)]) == 0
    assert "for each client" in capsys.readouterr().out
    start = fold_batchnorm(Checkpoint.load(model).network()).state_dict()
    after = Checkpoint.load(out).network().state_dict()
    changed = {name for name, value in after.items() if not torch.allclose(value, start[name], atol=1e-6)}
    assert changed
    assert all(name.startswith(("stages.4.", "heads.fer2013.")) for name in changed)
    moved = sum(float((after[name] - start[name]).square().sum()) for name in changed) ** 0.5
    assert moved < 1.3  # the clipping norm follows the noise, whose norm is 1 at most


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--label-set", "ferplus"], 2, "no head 'ferplus'"),
        (["--clients", "57"], 2, "57 clients cannot share 56 faces"),
        (["--partition", "halves"], 2, "iid, dirichlet, user"),
        (["--partition", "user"], 2, "no face has a user"),
        (["--partition", "dirichlet", "--alpha", "nan"], 2, "must be above 0, got nan"),
        (["--seed", "-1"], 2, "--seed"),
        (["--example-epsilon", "nan"], 2, "--example-epsilon must be above 0"),
        (["--example-epsilon", "-1"], 2, "--example-epsilon must be above 0"),
        (["-o", "/proc/out.pt"], 4, "cannot write /proc/out.pt"),
        (["--strategy", "sum"], 2, "strategy"),
        (["--engine", "spark"], 2, "engine must be one of local, ray"),
        (["--part", "tail"], 2, "part"),
        (["--epsilon", "1", "--example-epsilon", "1"], 2, "exclude each other"),
        (["--epsilon", "1", "--strategy", "krum"], 2, "krum compares single updates"),
        (["--secure-aggregation", "--strategy", "fedmedian"], 2, "which secure aggregation hides"),
    ],
)
def test_what_cannot_be_simulated_is_one_line(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str], options: list[str], code: int, message: str
) -> None:
    data, model = files
    assert (
        main(["federated", "simulate", "--data", str(data), "--model", str(model), "--rounds", "1", *options]) == code
    )
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--label-set", "ferplus"], 2, "no head 'ferplus'"),
        (["--part", "tail"], 2, "part"),
        (["--epochs", "1001"], 2, "epochs"),
        (["--timeout", "nan"], 2, "--timeout takes seconds"),
        (["--timeout", "0"], 2, "--timeout"),
        (["--model", __file__], 6, "is not a checkpoint of emoar train"),
    ],
)
def test_a_run_that_cannot_work_is_not_begun(
    files: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    code: int,
    message: str,
) -> None:
    (tmp_path / "server" / "flower").mkdir(parents=True)
    (tmp_path / "server" / "flower" / "config.toml").touch()
    given = ["federated", "run", str(tmp_path / "server"), "--model", str(files[1]), "-o", str(tmp_path / "run")]
    assert main([*given, *options]) == code
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_a_shipped_model_becomes_a_checkpoint_that_browsers_can_improve(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, other = files
    shipped = tmp_path / "model.pt"
    assert main(["federated", "model", "emoar-s", "--data", str(data), "-o", str(shipped)]) == 0
    assert set(Checkpoint.load(shipped).heads) == {"ferplus", "fer2013"}
    given = ["federated", "gateway", "localhost:9", str(tmp_path / "gateway"), "--ca", "none.crt", "--key", "none"]
    for model, message in ((other, "other features"), (shipped, "none.crt")):  # the model is right, the rest is not
        capsys.readouterr()
        assert main([*given, "--model", str(model)]) == 2
        error = capsys.readouterr().err
        assert message in error
        assert len(error.splitlines()) == 1
