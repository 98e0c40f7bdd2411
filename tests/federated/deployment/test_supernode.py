"""`emoar federated join` and `serve` with what users get wrong: one line each, before anything is sent."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emoar.cli import main
from emoar.errors import InputError
from emoar.federated.accountant import Release
from emoar.federated.deployment import certificates
from emoar.federated.deployment.certificates import create_authority, create_node_key
from emoar.federated.deployment.node_settings import NodeSettings
from emoar.federated.deployment.supernode import SuperNode, concerns
from emoar.federated.ledger import Ledger
from emoar.labels import FER2013
from emoar.training.checkpoint import Checkpoint
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL, IndexTargets
from emoar.training.data.write_parquet import write_parquet
from emoar.training.networks.architectures import build

Join = Callable[..., tuple[int, str]]


def _faces(indices: list[int]) -> FaceDataset:
    images = np.random.default_rng(0).integers(0, 256, (len(indices), 48, 48), dtype=np.uint8)
    return FaceDataset(images, {"fer2013": IndexTargets(FER2013, np.array(indices))}, np.full(len(indices), "Training"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_authority(tmp_path / "server", ["localhost"])
    create_node_key(tmp_path / "key")
    recipe = {"architecture": "emoar-s", "size_px": 48, "channels": 1}
    heads = {"fer2013": FER2013}
    Checkpoint(recipe, heads, build("emoar-s", heads).state_dict(), 1).save(tmp_path / "model.pt")
    return tmp_path


@pytest.fixture
def join(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Join:
    """Runs `join` with these faces; where all is well, no process is started."""
    monkeypatch.setattr("emoar.federated.deployment.supervisor.keep_joined", lambda _node, _log: None)

    def run(faces: FaceDataset, *options: str) -> tuple[int, str]:
        write_parquet(faces, folder / "faces.parquet")
        given = ["--data", str(folder / "faces.parquet"), "--model", str(folder / "model.pt")]
        keys = ["--ca", str(folder / "server" / "ca.crt"), "--key", str(folder / "key")]
        code = main(["federated", "join", "localhost:1", *given, *keys, *options])
        return code, capsys.readouterr().err

    return run


def test_faces_of_several_labels_join_without_a_word(join: Join, folder: Path) -> None:
    assert join(_faces([0, 1, 2, 3, 4, 5, 6] * 4), "--secure-aggregation") == (0, "")
    settings = NodeSettings.read(folder / "key-node" / "node.json")
    assert (settings.secure, settings.epsilon) == (True, 0.0)


@pytest.mark.parametrize(
    ("indices", "options", "words"),
    [([NO_LABEL] * 3, [], "no face has a label"), ([0, 1, 2], ["--label-set", "ferplus"], "no head 'ferplus'")],
)
def test_faces_that_cannot_take_part_are_one_line(
    join: Join, indices: list[int], options: list[str], words: str
) -> None:
    code, error = join(_faces(indices), *options)
    assert (code, words in error, len(error.splitlines())) == (2, True, 1)


@pytest.mark.parametrize(
    ("indices", "words"),
    [([3] * 40, "all faces are happy"), ([0, 1, 2], "3 faces are few"), ([0] * 3, "all faces are angry")],
)
def test_one_label_and_three_faces_join_with_a_line_each(join: Join, indices: list[int], words: str) -> None:
    code, error = join(_faces(indices))
    assert (code, words in error) == (0, True)
    assert len(error.splitlines()) == (2 if indices == [0] * 3 else 1)


def test_no_face_has_no_concern() -> None:
    assert concerns(_faces([NO_LABEL]), "fer2013") == []
    assert concerns(_faces([0]), "ferplus") == []


def test_another_budget_than_before_is_one_line(join: Join, folder: Path) -> None:
    Ledger(folder / "key-node" / "ledger.json", "example", 4.0, 1e-5).spend(Release(2.0, 0.5), "before")
    code, error = join(_faces([0, 1, 2] * 9), "--epsilon", "8")
    assert (code, "a budget is not changed after the fact" in error, len(error.splitlines())) == (2, True, 1)


def test_a_damaged_ledger_stops_the_node_before_it_connects(join: Join, folder: Path) -> None:
    (folder / "key-node").mkdir()
    (folder / "key-node" / "ledger.json").write_text("{")
    code, error = join(_faces([0, 1, 2] * 9), "--epsilon", "8")
    assert (code, "the privacy ledger is damaged" in error, len(error.splitlines())) == (2, True, 1)


@pytest.mark.parametrize(("days", "words"), [(400, "expired on"), (-400, "the clock of this machine is wrong")])
def test_a_certificate_that_cannot_be_used_now_is_one_line(
    join: Join,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    days: int,
    words: str,
) -> None:
    real = datetime.datetime

    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return real.now(tz) + datetime.timedelta(days=days)

    monkeypatch.setattr(certificates.datetime, "datetime", Clock)
    code, error = join(_faces([0, 1, 2] * 9))
    assert (code, words in error, len(error.splitlines())) == (2, True, 1)
    assert main(["federated", "serve", str(folder / "server")]) == 2
    error = capsys.readouterr().err
    assert (words in error, len(error.splitlines())) == (True, 1)


@pytest.mark.parametrize("address", ["localhost", "localhost:", ":9443", "localhost:99999", "localhost:https"])
def test_an_address_without_a_host_or_a_port_is_one_line(folder: Path, address: str) -> None:
    with pytest.raises(InputError, match=f"the server is HOST:PORT, .* got '{address}'"):
        SuperNode(folder / "node.json", address, folder / "server" / "ca.crt", folder / "key")


def test_trusted_nodes(join: Join, folder: Path) -> None:
    """They are for secure aggregation, and there must be some."""
    faces = _faces([0, 1, 2] * 9)
    code, error = join(faces, "--nodes", str(folder / "friends"))
    assert (code, error.count("\n")) == (2, 1)
    assert "--nodes is for --secure-aggregation" in error
    code, error = join(faces, "--secure-aggregation", "--nodes", str(folder / "friends"))
    assert (code, error.count("\n")) == (2, 1)
    assert "friends has no public keys: put the .pub file of each trusted node into it" in error
    create_node_key(folder / "friends" / "otto")
    assert join(faces, "--secure-aggregation", "--nodes", str(folder / "friends"))[0] == 0
    settings = NodeSettings.read(folder / "key-node" / "node.json")
    assert (settings.key, settings.nodes) == (str(folder / "key"), str(folder / "friends"))


def test_a_missing_key_is_one_line(join: Join, folder: Path) -> None:
    (folder / "key").unlink()
    code, error = join(_faces([0, 1, 2] * 9))
    assert (code, "make it with emoar federated keys node" in error, len(error.splitlines())) == (2, True, 1)


def test_what_the_client_processes_read_is_complete(join: Join, folder: Path) -> None:
    join(_faces([0, 1, 2, NO_LABEL] * 9), "--epsilon", "8", "--delta", "1e-4")
    document: dict[str, Any] = json.loads((folder / "key-node" / "node.json").read_text())
    assert (document["epsilon"], document["delta"], len(document["fingerprint"])) == (8.0, 1e-4, 64)
    with np.load(document["features"]) as content:
        assert content["labels"].tolist() == [0, 1, 2] * 9
        assert content["features"].shape == (27, 128)
    ledger = NodeSettings.read(folder / "key-node" / "node.json").open_ledger()
    assert (ledger.state().epsilon, math.isfinite(ledger.state().delta)) == (8.0, True)
