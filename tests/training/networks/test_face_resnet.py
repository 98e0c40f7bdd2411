"""The face recogniser's trunk: its weights, as they lie in the file, make the network that they were trained in."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from emoar.errors import DataError, TrainingError  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.networks.face_resnet import FaceResNet  # noqa: E402
from emoar.training.networks.standardise import standardise  # noqa: E402
from emoar.training.networks.tfjs_weights import read_tfjs_weights  # noqa: E402

functional = torch.nn.functional
STAGES = ((32, ("1", "2", "3")), (64, ("down", "1", "2", "3")), (128, ("down", "1", "2")), (256, ("down", "1", "2")))


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Numbers by chance under the names and in the shapes of the real file, half of them quantized as it is."""
    rng = np.random.default_rng(5)
    weights, numbers = [], []

    def add(name: str, shape: tuple[int, ...], low: float, high: float) -> None:
        quantized = len(weights) % 2 == 0
        entry: dict[str, object] = {"name": name, "shape": shape, "dtype": "float32"}
        if quantized:
            entry["quantization"] = {"dtype": "uint8", "scale": (high - low) / 255, "min": low}
            numbers.append(rng.integers(0, 256, shape, dtype=np.uint8).tobytes())
        else:
            numbers.append(rng.uniform(low, high, shape).astype(np.float32).tobytes())
        weights.append(entry)

    def convolution(name: str, size: int, wide_in: int, wide: int) -> None:
        evenly_spaced = 1.7 / np.sqrt(size * size * wide_in)
        add(f"{name}/conv/filters", (size, size, wide_in, wide), -evenly_spaced, evenly_spaced)
        add(f"{name}/conv/bias", (wide,), -0.1, 0.1)
        add(f"{name}/scale/weights", (wide,), 0.5, 1.5)
        add(f"{name}/scale/biases", (wide,), -0.3, 0.3)

    convolution("conv32_down", 7, 3, 32)
    wide_in = 32
    for wide, names in STAGES:
        for name in names:
            convolution(f"conv{wide}_{name}/conv1", 3, wide_in, wide)
            convolution(f"conv{wide}_{name}/conv2", 3, wide, wide)
            wide_in = wide
    folder = tmp_path_factory.mktemp("weights")
    (folder / "face.bin").write_bytes(b"".join(numbers))
    path = folder / "face-weights_manifest.json"
    path.write_text(json.dumps([{"paths": ["face.bin"], "weights": weights}]))
    return path


@pytest.fixture(scope="module")
def faces() -> np.ndarray:
    small = np.random.default_rng(3).integers(0, 255, (32, 6, 6))
    return np.kron(small, np.ones((1, 8, 8))).astype(np.uint8)


def layer(values: dict[str, np.ndarray], name: str, x: torch.Tensor, stride: int) -> torch.Tensor:
    kernel = torch.from_numpy(values[f"{name}/conv/filters"].transpose(3, 2, 0, 1).copy())
    x = functional.conv2d(x, kernel, torch.from_numpy(values[f"{name}/conv/bias"]), stride, kernel.shape[-1] // 2)
    scale, shift = (torch.from_numpy(values[f"{name}/scale/{part}"]) for part in ("weights", "biases"))
    return x * scale[:, None, None] + shift[:, None, None]


def recogniser(values: dict[str, np.ndarray], face: torch.Tensor) -> torch.Tensor:
    """The trunk as the recogniser's authors describe it, from the bare numbers, with no normalisation anywhere."""
    x = functional.interpolate(standardise(face), size=(96, 96), mode="bilinear") * 0.2
    x = functional.max_pool2d(layer(values, "conv32_down", x.expand(-1, 3, -1, -1), 2).relu(), 3, 2, 1)
    for wide, names in STAGES:
        for name in names:
            down = name == "down"
            y = layer(values, f"conv{wide}_{name}/conv1", x, 2 if down else 1).relu()
            y = layer(values, f"conv{wide}_{name}/conv2", y, 1)
            shortcut = functional.avg_pool2d(x, 2) if down else x
            x = (y + torch.cat([shortcut, torch.zeros(len(y), wide - x.shape[1], *y.shape[2:])], 1)).relu()
    return x.mean((2, 3))


@torch.no_grad()
def test_the_files_weights_make_the_recognisers_trunk(manifest: Path, faces: np.ndarray) -> None:
    network = build("face-resnet")
    assert isinstance(network, FaceResNet)
    assert "face recogniser" in network.load_pretrained(manifest, faces)
    seen: list[torch.Tensor] = []
    network.pool.register_forward_hook(lambda _module, _inputs, output: seen.append(output.flatten(1)))
    crops = torch.from_numpy(faces[:, None]).float()
    network.eval()(crops)
    wanted = recogniser(read_tfjs_weights(manifest), crops)
    assert float(wanted.std()) > 0.05
    # the stem's bias is scaled with the deviation in the reference alone
    torch.testing.assert_close(seen[0], wanted, rtol=0.02, atol=0.02 * float(wanted.abs().max()))


def test_the_heads_are_left_as_they_were(manifest: Path, faces: np.ndarray) -> None:
    network = build("face-resnet")
    before = {name: head.weight.clone() for name, head in network.heads.items()}
    network.load_pretrained(manifest, faces)
    assert all(torch.equal(before[name], head.weight) for name, head in network.heads.items())


def test_other_files_are_refused(manifest: Path, faces: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_tfjs_weights(tmp_path / "missing.json")
    for text in ("not json", '[{"paths": []}]', "[3]"):
        (tmp_path / "wrong.json").write_text(text)
        with pytest.raises(DataError, match="no manifest"):
            read_tfjs_weights(tmp_path / "wrong.json")
    (tmp_path / "cut.json").write_text(manifest.read_text())
    (tmp_path / "face.bin").write_bytes((manifest.parent / "face.bin").read_bytes()[:-9])
    with pytest.raises(DataError, match="cut short"):
        read_tfjs_weights(tmp_path / "cut.json")
    (tmp_path / "empty.json").write_text("[]")
    with pytest.raises(TrainingError, match="no weights of the face recogniser"):
        build("face-resnet").load_pretrained(tmp_path / "empty.json", faces)
