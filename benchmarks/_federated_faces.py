"""The faces of the table of federated learning: the half of the clients, and the tests, behind the layers that stay."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks._federated_halves import half_of
from emoar.federated.base_model import BaseModel
from emoar.federated.head import Head
from emoar.federated.network_client import NetworkPart
from emoar.federated.plan import Part
from emoar.federated.simulation.faces import Simulation
from emoar.federated.updates import Arrays
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.read import read_dataset
from emoar.training.networks.fold_batchnorm import fold_batchnorm

__all__ = ["HEAD", "Faces"]

HEAD: Final = Head("fer2013")
_FILES: Final = {"own": "features.npz", "PrivateTest": "private_test.npz"}


class Faces:
    """The faces of a work folder. Features are kept in files; values of larger parts of the network in memory.

    Args:
        work: the folder; its `trunk/final.pt` is the public model.
        data: FER2013.
    """

    def __init__(self, work: Path, data: Path) -> None:
        self._work, self._data = work, data

    def start(self, part: Part) -> Arrays:
        """The trained part of the public model."""
        if part == "head":
            with np.load(self._features()) as kept:
                return {HEAD.weight: kept["w"], HEAD.bias: kept["b"]}
        return self._part(part)[1]

    def simulation(self, part: Part) -> Simulation:
        """The clients' faces and PublicTest."""
        if part == "head":
            with np.load(self._features()) as kept:
                return Simulation(HEAD, kept["x"], kept["y"], kept["tx"], kept["ty"])
        return self._simulation(part, "PublicTest")

    def last(self, part: Part) -> Simulation:
        """The same with PrivateTest."""
        if part == "head":
            own = self.simulation(part)
            with np.load(self._work / _FILES["PrivateTest"]) as kept:
                return Simulation(HEAD, own.values, own.labels, kept["x"], kept["y"])
        return self._simulation(part, "PrivateTest")

    def _features(self) -> Path:
        path = self._work / _FILES["own"]
        if not path.exists():
            base, faces, labels = self._base(), self._faces(), self._labels()
            own, test, last = (self._places(split) for split in ("own", "PublicTest", "PrivateTest"))
            x = base.features(faces.images)
            head = base.head(HEAD.label_set)
            np.savez(self._work / _FILES["PrivateTest"], x=x[last], y=labels[last])
            arrays = {"x": x[own], "y": labels[own], "tx": x[test], "ty": labels[test]}
            np.savez(path, w=head[HEAD.weight], b=head[HEAD.bias], **arrays)
        return path

    @cache  # noqa: B019  # one object lives as long as the program
    def _part(self, part: Part) -> tuple[NetworkPart, Arrays]:
        trained = NetworkPart(fold_batchnorm(self._base().network), part, HEAD.label_set)
        return trained, trained.weights()

    @cache  # noqa: B019
    def _simulation(self, part: Part, split: str) -> Simulation:
        trained, _ = self._part(part)
        base, faces, labels = self._base(), self._faces(), self._labels()
        own, test = self._places("own"), self._places(split)
        values = [trained.values(base.inputs(faces.images[which])) for which in (own, test)]
        return Simulation(trained, values[0], labels[own], values[1], labels[test])

    def _base(self) -> BaseModel:
        return BaseModel.open_checkpoint(self._work / "trunk" / "final.pt")

    @cache  # noqa: B019
    def _faces(self) -> FaceDataset:
        return read_dataset(self._data)

    def _labels(self) -> NDArray[np.int64]:
        return self._base().labels(self._faces(), HEAD.label_set)

    @cache  # noqa: B019
    def _places(self, split: str) -> NDArray[np.int64]:
        faces = self._faces()
        if split != "own":
            return np.flatnonzero(faces.split == split)
        return np.flatnonzero((faces.split == "Training") & (half_of(faces.images) == 1))
