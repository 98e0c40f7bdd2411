"""Public faces: the frozen layers run on them once, and the share of the way is the largest that they allow."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")

from emoar.models.inputs import CropInput  # noqa: E402
from emoar.training.data.targets import NO_LABEL  # noqa: E402
from emoar.training.networks.fold_batchnorm import fold_batchnorm  # noqa: E402
from emoar.training.networks.parts import split_network  # noqa: E402
from emoar.training.networks.residual import ResidualNet, ResidualShape  # noqa: E402
from emoar.training.personal.public import PublicFaces, Way, public_faces, tail_logits  # noqa: E402

HEADS = {"side": ("left", "right"), "other": ("up", "down")}


def test_values_and_logits_are_those_of_the_network() -> None:
    torch.manual_seed(0)
    net = fold_batchnorm(ResidualNet(ResidualShape(4, (8, 8), (1, 1), 4), CropInput(16, 1), HEADS))
    faces = np.random.default_rng(0).integers(0, 256, (70, 16, 16), np.uint8)
    told: list[tuple[str, int, int]] = []
    index = {"side": np.zeros(70, np.int64)}
    public = public_faces(net, "block", faces[:5], faces, index, lambda *step: told.append(step))
    assert (len(public.training), len(public.test)) == (5, 70)
    assert np.array_equal(public.test_crops, faces)
    assert told == [("public faces", 5, 5), ("PublicTest", 64, 70), ("PublicTest", 70, 70)]
    found = tail_logits(split_network(net, "block")[1], public.test)
    with torch.no_grad():
        wanted = net(torch.from_numpy(net.input.to_batch(faces)))
    for head in HEADS:
        torch.testing.assert_close(found[head], wanted[head], atol=1e-5, rtol=1e-4)


class Threshold(torch.nn.Module):
    """Label 1 from a value on: with the parameter at 10 x share, that many of the values 0..9 change."""

    def __init__(self) -> None:
        super().__init__()
        self.edge = torch.nn.Parameter(torch.zeros(1))

    def forward(self, values):  # type: ignore[no-untyped-def]
        logits = torch.stack([self.edge - values - 0.5, torch.zeros_like(values)], dim=1)
        return {"side": logits, "other": torch.zeros_like(logits)}


@pytest.mark.parametrize(("allowed", "share"), [(0.0, 0.0), (0.1, 0.1), (0.35, 0.3), (1.0, 1.0)])
def test_the_farthest_share(allowed: float, share: float) -> None:
    tail = Threshold()
    values = torch.arange(10).float()
    index = {"side": np.ones(10, np.int64), "other": np.full(10, NO_LABEL)}
    public = PublicFaces(values, values, index, np.zeros((10, 16, 16), np.uint8))
    way = Way([tail.edge], [torch.zeros(1)], [torch.full((1,), 10.0)])
    way.put_farthest(tail, public, allowed + 1e-9)  # type: ignore[arg-type]
    assert way.share == share
    assert float(tail.edge.detach()) == pytest.approx(10 * share)


def test_the_next_shorter_share() -> None:
    way = Way([torch.nn.Parameter(torch.zeros(1))], [torch.zeros(1)], [torch.full((1,), 10.0)])
    for share, shorter in ((1.0, 0.9), (0.5, 0.4), (0.1, 0.0), (0.3, 0.2)):
        way.put(share)
        way.put_shorter()
        assert way.share == shorter
        assert float(way.parameters[0].detach()) == pytest.approx(10 * shorter)
