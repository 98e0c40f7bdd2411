"""The exported network in both layouts, its temperatures, and the faces that an export is checked on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from training_faces import made_dataset

torch = pytest.importorskip("torch", reason="exporting needs torch: pip install 'emoar[train]'")

from emoar.errors import DataError  # noqa: E402
from emoar.labels import FER2013  # noqa: E402
from emoar.models.inputs import CropInput, LandmarkInput  # noqa: E402
from emoar.models.metadata import ModelInfo  # noqa: E402
from emoar.training.evaluation.calibration import fit_temperature  # noqa: E402
from emoar.training.export import calibrated  # noqa: E402
from emoar.training.export.calibrated import CalibratedNetwork, fit_temperatures, prepare  # noqa: E402

INFO = ModelInfo("mine", CropInput(48, 1), {"fer2013": FER2013})


class FirstPixels(torch.nn.Module):
    """Logits: the first seven pixels of a crop in tens of grey levels, or the x of the first seven landmarks."""

    def forward(self, faces):  # type: ignore[no-untyped-def]
        return {"fer2013": (faces[:, 0, 0, :7] if faces.ndim == 4 else faces[:, :7, 0]) / 10}


@pytest.mark.parametrize("channels", [1, 3])
def test_both_layouts_give_the_same(channels: int) -> None:
    takes = CropInput(16, channels)
    info = ModelInfo("mine", takes, {"fer2013": FER2013})
    faces = np.random.default_rng(0).integers(0, 256, (4, *takes.face_shape), np.uint8)
    last = CalibratedNetwork(FirstPixels(), {"fer2013": 1.5}, info)
    first = CalibratedNetwork(FirstPixels(), {"fer2013": 1.5}, info, channels_first=True)
    outputs = [net(torch.from_numpy(takes.to_batch(faces, net.layout)))["fer2013"].numpy() for net in (last, first)]
    np.testing.assert_array_equal(*outputs)
    logits = torch.from_numpy(takes.to_batch(faces))[:, 0, 0, :7] / 10
    np.testing.assert_allclose(outputs[0], torch.softmax(logits / 1.5, 1).numpy(), rtol=1e-6)
    assert last.sample().shape == takes.shape("channels_last")
    assert first.sample().shape == takes.shape("channels_first")


def test_landmarks_pass_through() -> None:
    net = CalibratedNetwork(FirstPixels(), {"fer2013": 1.0}, ModelInfo("m", LandmarkInput(), {"fer2013": FER2013}))
    assert net(net.sample())["fer2013"].shape == (1, 7)


def test_temperatures_are_fitted_on_the_labelled_faces() -> None:
    data = made_dataset(60)
    temperatures = fit_temperatures(FirstPixels(), INFO, data)
    logits = data.images[:, 0, :7].astype(np.float32) / 10
    assert temperatures["fer2013"] == pytest.approx(fit_temperature(logits, data.truth("fer2013")), rel=1e-6)


def test_temperatures_and_checked_faces_are_of_public_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrated, "CHECKED_FACES", 5)
    data = made_dataset(100)
    source = prepare(FirstPixels(), INFO, data)
    public = data.of_split("PublicTest").images
    assert len(source.checked) == 5
    np.testing.assert_array_equal(source.checked.crops[[0, -1]], public[[0, -1]])
    assert source.temperatures == fit_temperatures(FirstPixels(), INFO, data.of_split("PublicTest"))
    assert isinstance(source.net(channels_first=True), CalibratedNetwork)


def test_without_public_test_there_is_no_temperature() -> None:
    data = made_dataset(20)
    private = dataclasses.replace(data, split=np.full(20, "PrivateTest"))
    source = prepare(FirstPixels(), INFO, private)
    assert source.temperatures == {"fer2013": 1.0}
    assert len(source.checked) == 20
    with pytest.raises(DataError, match="there are no faces to check the export on"):
        prepare(FirstPixels(), INFO, data.take(np.zeros(0, np.int64)))
