"""A shipped model continues on one person's faces: fine-tuning, export as int8, and the gain on held-back faces."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, ModelMismatch, TrainingError
from emoar.files import atomic_write, output_errors
from emoar.models.expression import expression_model
from emoar.models.inputs import CropInput
from emoar.models.metadata import ModelInfo, read_info, with_info
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.predictor_tflite import TflitePredictor
from emoar.training.evaluation.predictor_torch import TorchPredictor
from emoar.training.export.calibrated import ExportInput
from emoar.training.export.disk_space import check_space
from emoar.training.export.formats import FormatWriter
from emoar.training.faces.inputs import FaceBatch, evenly_spaced, resize_crops
from emoar.training.networks.architectures import build
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.networks.fold_batchnorm import fold_batchnorm
from emoar.training.networks.tflite_weights import load_tflite_weights
from emoar.training.personal.decided import Measured, Measuring
from emoar.training.personal.faces import PersonFaces, in_heads
from emoar.training.personal.fine_tune import TuneOptions, fine_tune
from emoar.training.personal.head import single_file
from emoar.training.personal.public import Index, PublicFaces, Way, public_faces

__all__ = ["Base", "Gain", "base_of", "personalise", "read_public", "way_that_remembers", "write_int8"]

_KEPT_FACES: Final = 1500  # public faces whose probabilities are kept
_RESIDUAL: Final = ("emoar-s", "emoar-m", "emoar-l")  # architectures
_COMPARED: Final = 4  # pictures on which a network is compared with its file
_FORGETS: Final = "with any training, PublicTest falls by more than a point: take --part head, or fewer labels"
_SAME: Final = 0.2  # largest difference of a probability, which int8 makes; another architecture differs more


@dataclass(frozen=True, eq=False)
class Base:
    """The model before training.

    Attributes:
        path: its file.
        info: its description, with the rules of its label.
        takes: its input.
        network: the same function without BatchNorm, in float32.
    """

    path: Path
    info: ModelInfo
    takes: CropInput
    network: ExpressionNetwork


@dataclass(frozen=True)
class Gain:
    """Top-1 accuracy of the decided label before and after, 0..1, of the files as they run live."""

    before: float
    after: float

    @property
    def points(self) -> float:
        """The difference in points of a hundred."""
        return 100 * (self.after - self.before)


def base_of(model: str) -> Base:
    """The network of a shipped model, or of a .tflite of one of our residual architectures.

    Raises:
        ModelMissing: there is no such model.
        ModelMismatch: it consists of several files, takes landmarks, or is of another architecture.
    """
    path = single_file(model)
    info = replace(read_info(path) or ModelInfo(path.stem), decision=expression_model(model).decision)
    if not isinstance(info.input, CropInput):
        raise ModelMismatch(f"{model} takes landmarks, and the data has crops: give --model emoar-m")
    network = _network_of(path, info, info.input)
    if network is None:
        raise ModelMismatch(
            f"{path.name} is of an older version or of another architecture than {', '.join(_RESIDUAL)}: "
            "give --model emoar-s or emoar-m"
        )
    return Base(path, info, info.input, network)


def read_public(base: Base, data: FaceDataset, options: TuneOptions, progress: Progress = NO_PROGRESS) -> PublicFaces:
    """Public faces behind the layers that stay: some of `Training`, and all of `PublicTest`.

    Raises:
        DataError: a split is missing, or a label set of the model.
    """
    if not {"Training", "PublicTest"} <= set(np.unique(data.split).tolist()):
        raise DataError(
            f"{data.name} lacks the splits Training and PublicTest: give FER2013 as emoar data import writes it"
        )
    training, test = data.of_split("Training"), data.of_split("PublicTest")
    index = {head: test.truth(head) for head in base.info.heads if (test.truth(head) != NO_LABEL).any()}
    if not index:
        raise DataError(f"{data.name} has no labels of {', '.join(base.info.heads)}: give other --public faces")
    kept = resize_crops(evenly_spaced(training.images, _KEPT_FACES), base.takes)
    return public_faces(base.network, options.part, kept, resize_crops(test.images, base.takes), index, progress)


def personalise(
    base: Base,
    faces: PersonFaces,
    output: Path,
    public: PublicFaces | None = None,
    options: TuneOptions | None = None,
    progress: Progress = NO_PROGRESS,
) -> Mapping[str, Gain]:
    """Trains `base.network` in place, and writes it as int8 unless it recognises the held-back faces worse.

    Args:
        base: the model to begin with.
        faces: the person's faces.
        output: the .tflite to write.
        public: faces of many people, of `read_public`; None where there are none.
        options: the options of fine-tuning.
        progress: advances with the work.

    Returns:
        The accuracy of the decided labels on the held-back faces by label set, of the files as they run live.

    Raises:
        DataError: a label of the person is none of the model's.
        TrainingError: the model became worse, on the held-back faces or at once on public ones: nothing is written.
        OutputError: the file cannot be written.
        DependencyMissing: `litert-torch` or `ai-edge-quantizer` is not installed.
    """
    options = options or TuneOptions()
    meaning = in_heads(faces.labels, base.info.heads, base.info.name)
    index = {head: means[faces.training_index] for head, means in meaning.items()}
    own = resize_crops(faces.training, base.takes)
    held_back = {head: means[faces.held_back_index] for head, means in meaning.items()}
    measuring = Measuring(base.info, faces.held_back, held_back, public)
    way = way_that_remembers(base.network, own, index, measuring, options, progress)
    with output_errors(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        check_space(output.parent, base.network)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=".personalise-") as scratch:
            # a promise to those whose faces were learned before promises nothing to this person
            info = replace(base.info, name=output.stem, privacy=None)
            before = measuring.of_file(base.path, personal=False)
            file, after = _first_that_remembers(
                _files(base, info, Path(scratch), way, progress), measuring, before, options.allowed_loss
            )
            gains = {head: Gain(known, after.own[head]) for head, known in before.own.items()}
            points = [gain.points for gain in gains.values()]
            if sum(points) < 0:
                raise TrainingError(
                    f"the {len(faces.held_back)} held-back faces are recognised worse than before "
                    f"({min(points):+.1f} points): nothing is written; record more faces, or take --part head"
                )
            atomic_write(output, with_info(file.read_bytes(), replace(info, decision=after.decision)))
    return gains


def way_that_remembers(
    network: ExpressionNetwork,
    own: NDArray[np.uint8],
    index: Index,
    measuring: Measuring,
    options: TuneOptions,
    progress: Progress = NO_PROGRESS,
) -> Way:
    """Trains a network in place, to a share of the way with which neither its heads nor its label forget too much.

    Raises:
        TrainingError: there is no such share.
    """
    before = measuring.of_network(network, options.part, personal=False)
    way = fine_tune(network, own, index, measuring.public, options, progress)
    while way.share and not (
        measuring.of_network(network, options.part, personal=True).remembers(before, options.allowed_loss)
    ):
        way.put_shorter()
    if not way.share:
        raise TrainingError(_FORGETS)
    return way


def _files(base: Base, info: ModelInfo, folder: Path, way: Way, progress: Progress) -> Iterator[Path]:
    """The int8 files of ever shorter shares of the way, from where it is."""
    while way.share:
        yield write_int8(base.network, info, folder, progress)
        way.put_shorter()


def _first_that_remembers(
    files: Iterator[Path], measuring: Measuring, before: Measured, allowed_loss: float
) -> tuple[Path, Measured]:
    """The first file that forgets no more than is allowed: int8 rounds, so it may forget more than the network."""
    for file in files:
        found = measuring.of_file(file, personal=True)
        if found.remembers(before, allowed_loss):
            return file, found
    raise TrainingError(_FORGETS)


def write_int8(network: ExpressionNetwork, info: ModelInfo, folder: Path, progress: Progress = NO_PROGRESS) -> Path:
    """Writes the int8 .tflite of a network with its description, as the shipped models are, into a folder."""
    progress("export", 0, 1)
    # the temperature of the shipped model is part of its heads' weights
    no_faces = FaceBatch(np.empty((0, 1, 1), np.uint8))  # the files are compared on the person's faces
    source = ExportInput(network, info, dict.fromkeys(info.heads, 1.0), no_faces)
    writer = FormatWriter(source, folder, folder)
    path = writer.install(writer.export_int8(), f"{info.name}.tflite")
    progress("export", 1, 1)
    return path


def _network_of(path: Path, info: ModelInfo, takes: CropInput) -> ExpressionNetwork | None:
    """A network that gives what the file gives; None where no architecture does."""
    coarse = np.random.default_rng(0).integers(0, 256, (_COMPARED, 6, 6), np.uint8)
    crops = resize_crops(coarse, takes)
    predictor = TflitePredictor(path)
    wanted = predictor.predict(FaceBatch(crops))
    predictor.close()
    for name in dict.fromkeys((info.name, *_RESIDUAL)):
        if name not in _RESIDUAL:
            continue
        network = build(name, info.heads, size_px=takes.size_px, channels=takes.channels)
        try:
            load_tflite_weights(fold_batchnorm(network), path, crops)
        except TrainingError:
            continue
        found = TorchPredictor(network, info, dict.fromkeys(info.heads, 1.0)).predict(FaceBatch(crops))
        if max(float(np.abs(found[head] - wanted[head]).max()) for head in wanted) <= _SAME:
            return network
    return None
