"""Teachers: shipped models, checkpoints, and predictions that somebody else made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training_faces import made_dataset

from emoar.errors import DataError, ModelMissing, TrainingError
from emoar.labels import DEFAULT_HEADS

torch = pytest.importorskip("torch")

from emoar.training.loop.distill import teach  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402

DATA = made_dataset(30)


def test_a_shipped_model_and_a_checkpoint_teach_together(tmp_path: Path) -> None:
    network = build("emoar-s", {"fer2013": DEFAULT_HEADS["fer2013"]}).eval()
    state = {
        "recipe": {"architecture": "emoar-s"},
        "heads": {"fer2013": list(DEFAULT_HEADS["fer2013"])},
        "epoch": 1,
        "averaged": network.state_dict(),
    }
    torch.save(state, tmp_path / "final.pt")
    seen: list[tuple[str, int, int]] = []
    alone = teach(["emoar-m"], DATA, tmp_path, lambda *what: seen.append(what))
    assert seen[-1] == ("emoar-m", 30, 30)
    both = teach(["emoar-m", str(tmp_path / "final.pt")], DATA, tmp_path, lambda *what: seen.append(what))
    assert [what[0] for what in seen[30:]] == [str(tmp_path / "final.pt")]  # the first is kept from before
    assert {name: values.shape for name, values in both.items()} == {"ferplus": (30, 8), "fer2013": (30, 7)}
    np.testing.assert_array_equal(both["ferplus"], alone["ferplus"])  # the checkpoint knows fer2013 alone
    with torch.no_grad():
        faces = torch.from_numpy(DATA.images[:, None]).float()
        own = (network(faces)["fer2013"].softmax(1) + network(faces.flip(-1))["fer2013"].softmax(1)) / 2
    np.testing.assert_allclose(both["fer2013"], (alone["fer2013"] + own.numpy()) / 2, atol=1e-5)
    np.testing.assert_allclose(both["fer2013"].sum(axis=1), 1, atol=1e-4)


def test_two_runs_whose_checkpoints_have_one_name(tmp_path: Path) -> None:
    heads = {"fer2013": DEFAULT_HEADS["fer2013"]}
    said: list[np.ndarray] = []
    for run in ("a", "b"):
        state = {
            "recipe": {"architecture": "emoar-s"},
            "heads": {"fer2013": list(heads["fer2013"])},
            "epoch": 1,
            "averaged": build("emoar-s", heads).eval().state_dict(),
        }
        (tmp_path / run).mkdir()
        torch.save(state, tmp_path / run / "final.pt")
        said.append(teach([str(tmp_path / run / "final.pt")], DATA, tmp_path / "cache")["fer2013"])
    assert np.abs(said[0] - said[1]).max() > 1e-3


def test_predictions_in_a_file_are_joined_by_row(tmp_path: Path) -> None:
    p = np.random.default_rng(0).dirichlet(np.ones(7), 30).astype(np.float32)
    np.savez(tmp_path / "p.npz", rows=np.arange(30)[::-1], fer2013=p)
    np.testing.assert_array_equal(teach([str(tmp_path / "p.npz")], DATA, tmp_path)["fer2013"], p[::-1])


@pytest.mark.parametrize(
    ("arrays", "error", "words"),
    [
        ({"rows": np.arange(29), "fer2013": np.zeros((29, 7))}, TrainingError, "row 29"),
        ({"rows": np.arange(30), "fer2013": np.zeros((30, 5))}, TrainingError, "knows none"),
        (None, DataError, "not a readable"),
    ],
)
def test_predictions_that_do_not_fit(
    tmp_path: Path, arrays: dict[str, np.ndarray] | None, error: type[Exception], words: str
) -> None:
    path = tmp_path / "p.npz"
    path.write_bytes(b"nothing") if arrays is None else np.savez(path, **arrays)
    with pytest.raises(error, match=words):
        teach([str(path)], DATA, tmp_path)


def test_an_unknown_teacher(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="emoar-m"):
        teach(["emoar-x"], DATA, tmp_path)


def test_a_checkpoint_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be read"):
        teach([str(tmp_path / "none.pt")], DATA, tmp_path)
