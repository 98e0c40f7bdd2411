"""The comparison of an export with the network: differences and agreement that one can count."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="exporting needs torch: pip install 'emoar[train]'")

from emoar.models.inputs import CropInput  # noqa: E402
from emoar.models.metadata import ModelInfo  # noqa: E402
from emoar.training.export.calibrated import ExportInput  # noqa: E402
from emoar.training.export.verify import compare, measure_network  # noqa: E402
from emoar.training.faces.inputs import FaceBatch  # noqa: E402


def test_the_largest_difference_and_the_share_of_equal_labels() -> None:
    reference = {"a": np.float32([[0.9, 0.1], [0.6, 0.4]]), "b": np.float32([[0.3, 0.7], [0.2, 0.8]])}
    outputs = {"a": np.float32([[0.8, 0.2], [0.45, 0.55]]), "b": np.float32([[0.3, 0.7], [0.25, 0.75]])}
    found = compare(reference, outputs)
    assert found.difference == pytest.approx(0.15)
    assert found.agreement == {"a": 0.5, "b": 1.0}
    assert compare(reference, reference).difference == 0


class Means(torch.nn.Module):
    """Logits: the mean of each channel; and how many threads there were."""

    threads: int | None = None

    def forward(self, faces):  # type: ignore[no-untyped-def]
        Means.threads = torch.get_num_threads()
        return {"custom": faces.mean(dim=(2, 3))}


def test_the_network_is_measured_with_its_temperatures_on_one_thread() -> None:
    info = ModelInfo("means", CropInput(16, 3), {"custom": ("a", "b", "c")})
    crops = np.zeros((3, 16, 16, 3), np.uint8)
    crops[:] = 4, 2, 0
    before = torch.get_num_threads()
    source = ExportInput(Means().eval(), info, {"custom": 2.0}, FaceBatch(crops))
    found = measure_network(source)
    powers = np.exp([2.0, 1.0, 0.0])
    np.testing.assert_allclose(found.outputs["custom"], [powers / powers.sum()] * 3, rtol=1e-6)
    assert found.latency_ms > 0
    assert Means.threads == 1
    assert torch.get_num_threads() == before
