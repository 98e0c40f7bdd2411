"""`emoar federated model`: what it cannot start from is one line, and what it writes, a federation can open.

With browsers behind it: tests/federated/test_commands.py.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training_faces import made_dataset

torch = pytest.importorskip("torch", reason="a checkpoint needs torch: pip install 'emoar[train]'")

from emoar.cli import main  # noqa: E402
from emoar.federated.base_model import BaseModel  # noqa: E402
from emoar.training.data.write_parquet import write_parquet  # noqa: E402


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faces") / "faces.parquet"
    write_parquet(made_dataset(20), path)
    return path


def test_the_checkpoint_has_the_features_of_the_shipped_model(faces: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    assert main(["federated", "model", "emoar-s", "--data", str(faces), "-o", str(path)]) == 0
    crops = np.random.default_rng(1).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    written = BaseModel.open_checkpoint(path).features(crops)
    shipped = BaseModel.open("emoar-s", made_dataset(20)).features(crops)
    np.testing.assert_allclose(written, shipped, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [("emoar-l", 6, "several models"), ("emoar-mesh", 6, "landmarks"), ("none", 5, "emoar-s")],
)
def test_what_it_cannot_start_from(
    name: str, code: int, message: str, faces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.pt"
    assert main(["federated", "model", name, "--data", str(faces), "-o", str(path)]) == code
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1
    assert not path.exists()
