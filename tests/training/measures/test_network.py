"""The file of a network: its numbers and the loss of int8."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from makers import make_face

from emoar.perception.measures import MeasureNetwork
from emoar.perception.measures.upright import upright
from emoar.training.measures.network import MeasureNet, shown, write_network
from emoar.training.measures.teacher import BLENDSHAPES


def test_int8_changes_little(tmp_path: Path) -> None:
    torch.manual_seed(0)
    face = make_face().landmarks_px
    inputs = shown(upright(face)[None])
    assert inputs.shape == (1, 408)
    net = MeasureNet(inputs[0] - 0.1, np.full(408, 0.2, np.float32), 0.5).eval()
    write_network(tmp_path / "a.json", net, BLENDSHAPES[1:4], np.zeros(3, np.float32))
    with torch.no_grad():
        exact = net(torch.from_numpy(inputs))[0, 1:4].numpy()
    np.testing.assert_allclose(MeasureNetwork(tmp_path / "a.json")(face), exact, atol=0.01)


def test_the_same_network_gives_the_same_bytes(tmp_path: Path) -> None:
    net = MeasureNet(np.zeros(408, np.float32), np.ones(408, np.float32), 0.0)
    for name in ("a", "b"):
        write_network(tmp_path / f"{name}.json", net, ("jawOpen",), np.zeros(1, np.float32))
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
