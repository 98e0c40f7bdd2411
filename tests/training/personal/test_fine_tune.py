"""Fine-tuning on a small network: it learns the person's labels, keeps other people's, and changes its part only."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")

from emoar.models.inputs import CropInput  # noqa: E402
from emoar.training.data.targets import NO_LABEL  # noqa: E402
from emoar.training.networks.fold_batchnorm import fold_batchnorm  # noqa: E402
from emoar.training.networks.residual import ResidualNet, ResidualShape  # noqa: E402
from emoar.training.personal.fine_tune import TuneOptions, fine_tune  # noqa: E402
from emoar.training.personal.public import PublicFaces, public_faces  # noqa: E402

LABELS = ("left", "right")
QUICK = TuneOptions(part="stage", epochs=12, learning_rate=1e-2, variants=2, distillation=1.0, anchor=1e-3)


def network() -> ResidualNet:
    torch.manual_seed(0)
    shape = ResidualShape(stem=4, widths=(8, 8), blocks=(1, 1), squeeze=4)
    return fold_batchnorm(ResidualNet(shape, CropInput(16, 1), {"side": LABELS, "other": LABELS}))


def bright_side(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Noise whose upper or lower half is brighter: mirroring keeps the label."""
    rng = np.random.default_rng(seed)
    faces, truth = rng.integers(0, 60, (count, 16, 16)), np.arange(count) % 2
    faces[truth == 0, :8] += 150
    faces[truth == 1, 8:] += 150
    return faces.astype(np.uint8), truth


def accuracy(net: ResidualNet, faces: NDArray[np.uint8], truth: NDArray[np.int64], head: str = "side") -> float:
    with torch.no_grad():
        logits = net(torch.from_numpy(net.input.to_batch(faces)))
    return float((logits[head].argmax(1).numpy() == truth).mean())


def test_it_learns_the_labels_and_changes_the_part_only() -> None:
    net = network()
    faces, truth = bright_side(40, 0)
    unlabelled = np.full(40, NO_LABEL)
    before = {name: values.clone() for name, values in net.state_dict().items()}
    options = TuneOptions(**(vars(QUICK) | {"distillation_alone": 0.0, "share_alone": 1.0}))
    steps: list[tuple[str, int, int]] = []
    way = fine_tune(net, faces, {"side": truth, "other": unlabelled}, None, options, lambda *step: steps.append(step))
    assert way.share == 1.0
    assert accuracy(net, *bright_side(40, 1)) > 0.95
    for name, values in net.state_dict().items():
        if name.startswith(("stem", "stages.0", "heads.other")):
            torch.testing.assert_close(values, before[name], atol=1e-6, rtol=0)
    assert not torch.equal(net.stages[1].branch[0].weight, before["stages.1.branch.0.weight"])
    trained = [step for step in steps if step[0] == "training"]
    assert [done for _, done, _ in trained] == list(range(1, trained[0][2] + 1))


def test_the_same_seed_gives_the_same_weights() -> None:
    faces, truth = bright_side(20, 0)
    nets = [network(), network()]
    for net in nets:
        fine_tune(net, faces, {"side": truth}, None, TuneOptions(part="head", epochs=2))
    torch.testing.assert_close(nets[0].heads["side"].weight, nets[1].heads["side"].weight, atol=0, rtol=0)


def trained_network() -> tuple[ResidualNet, PublicFaces, TuneOptions]:
    """A network that knows the sides, and other people's faces with the right labels."""
    net = network()
    faces, truth = bright_side(60, 3)
    sure = TuneOptions(**(vars(QUICK) | {"distillation_alone": 0.0, "share_alone": 1.0, "epochs": 20}))
    fine_tune(net, faces, {"side": truth}, None, sure)
    test, test_truth = bright_side(100, 4)
    assert accuracy(net, test, test_truth) == 1.0
    return net, public_faces(net, QUICK.part, bright_side(50, 5)[0], test, {"side": test_truth}), QUICK


@pytest.mark.parametrize("allowed", [0.0, 0.05])
def test_of_contrary_labels_only_so_much_is_kept_as_other_people_allow(allowed: float) -> None:
    net, public, options = trained_network()
    faces, truth = bright_side(40, 6)
    strict = TuneOptions(**(vars(options) | {"allowed_loss": allowed, "distillation": 0.0}))
    assert fine_tune(net, faces, {"side": 1 - truth}, public, strict).share < 1.0
    assert accuracy(net, *bright_side(100, 4)) >= 1.0 - allowed


def test_without_a_limit_all_of_it_is_kept() -> None:
    net, public, options = trained_network()
    faces, truth = bright_side(40, 6)
    free = TuneOptions(**(vars(options) | {"allowed_loss": 1.0, "distillation": 0.0}))
    assert fine_tune(net, faces, {"side": 1 - truth}, public, free).share == 1.0
    assert accuracy(net, faces, 1 - truth) > 0.9


def test_distillation_keeps_the_probabilities_of_other_people() -> None:
    losses: list[float] = []
    for weight in (0.0, 20.0):
        net, public, options = trained_network()
        faces, truth = bright_side(40, 6)
        some = TuneOptions(**(vars(options) | {"allowed_loss": 1.0, "distillation": weight}))
        fine_tune(net, faces, {"side": 1 - truth}, public, some)
        losses.append(1 - accuracy(net, *bright_side(100, 4)))
    assert losses[1] < losses[0]
