"""From a shipped file to a personal one: the network is the file's, the result is int8 and better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")
pytest.importorskip("litert_torch", reason="exporting needs litert-torch: pip install 'emoar[train]'")
pytest.importorskip("ai_edge_quantizer", reason="int8 needs ai-edge-quantizer: pip install 'emoar[train]'")

from tiny_models import write_tiny  # noqa: E402
from training_faces import face_dataset  # noqa: E402

from emoar.errors import DataError, ModelMismatch, TrainingError  # noqa: E402
from emoar.models.decision import Decision, Rule  # noqa: E402
from emoar.models.expression import expression_model  # noqa: E402
from emoar.models.inputs import CropInput  # noqa: E402
from emoar.models.metadata import FEATURES, ModelInfo, read_info, with_info  # noqa: E402
from emoar.models.privacy import Privacy  # noqa: E402
from emoar.models.public import model_path  # noqa: E402
from emoar.perception.classifier import ExpressionClassifier  # noqa: E402
from emoar.training.personal import personalise as engine  # noqa: E402
from emoar.training.personal.decided import Measured, Measuring  # noqa: E402
from emoar.training.personal.faces import PersonFaces  # noqa: E402
from emoar.training.personal.fine_tune import TuneOptions  # noqa: E402
from emoar.training.personal.personalise import Gain, base_of, personalise, read_public  # noqa: E402
from emoar.training.personal.public import public_faces  # noqa: E402

# nothing holds the weights back
FREE = TuneOptions("head", epochs=60, learning_rate=2e-2, distillation_alone=0.0, anchor=0.0, share_alone=1.0)


@pytest.fixture
def person(people: PersonFaces) -> PersonFaces:
    """To this person, one of the portraits is angry and the other sad; the model recognises neither so."""
    return replace(people, labels=("angry", "sad"))


def test_a_personal_model(person: PersonFaces, tmp_path: Path) -> None:
    path = tmp_path / "me.tflite"
    tasks: list[str] = []
    gains = personalise(base_of("emoar-s"), person, path, None, FREE, lambda task, *_: tasks.append(task))
    assert set(gains) == {"ferplus", "fer2013"}
    for head, gain in gains.items():
        assert gain.before < 0.6, head
        assert gain.after == 1.0, head
    assert list(dict.fromkeys(tasks)) == ["own faces", "training", "export"]
    info = read_info(path)
    assert info is not None
    assert (info.name, info.heads) == ("me", read_info(model_path("emoar-s")).heads)  # type: ignore[union-attr]
    shipped_rules = expression_model("emoar-s").decision.rules
    assert info.decision.rules.keys() == shipped_rules.keys()  # live, its label has a confidence as the shipped one's
    for name, rule in expression_model(path).decision.rules.items():
        assert (rule.confidence, rule.second) == (shipped_rules[name].confidence, "mirror")
    assert path.stat().st_size == pytest.approx(model_path("emoar-s").stat().st_size, rel=0.05)
    mine, shipped = (ExpressionClassifier(file, features=True) for file in (path, model_path("emoar-s")))
    for crop in person.held_back:  # the heads alone were trained
        found, before = mine.classify(crop)[FEATURES], shipped.classify(crop)[FEATURES]
        assert np.linalg.norm(found - before) < 0.05 * np.linalg.norm(before)
    assert [path.name for path in tmp_path.iterdir()] == ["me.tflite"]


def test_a_model_that_became_worse_is_not_written(people: PersonFaces, tmp_path: Path) -> None:
    """The faces that are held back contradict those for training."""
    shipped = ExpressionClassifier(model_path("emoar-s"))
    labels = shipped.info.heads["ferplus"]
    seen = [int(shipped.classify(crop)["ferplus"].argmax()) for crop in people.held_back]
    wrong = np.where(people.training_index == 0, labels.index("anger"), labels.index("disgust"))
    person = replace(people, labels=labels, training_index=wrong, held_back_index=np.array(seen))
    with pytest.raises(TrainingError, match=r"^the 6 held-back faces are recognised worse than before \(-.*nothing"):
        personalise(base_of("emoar-s"), person, tmp_path / "me.tflite", None, FREE)
    assert list(tmp_path.iterdir()) == []


class _Files:
    """Stands for the int8 files: each forgets as much as it is told; the network of each is kept.

    Args:
        of_files: accuracies on public faces, of the head and of the label: of the file before, then of each new one.
        of_network: the same of the network.
    """

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        of_files: list[tuple[float, float]],
        of_network: list[tuple[float, float]],
    ) -> None:
        self.biases: list[torch.Tensor] = []
        monkeypatch.setattr(engine, "write_int8", self._write)
        monkeypatch.setattr(Measuring, "of_file", self._measured(of_files))
        monkeypatch.setattr(Measuring, "of_network", self._measured(of_network))

    def _write(self, network: torch.nn.Module, info: ModelInfo, folder: Path, *_: object) -> Path:
        self.biases.append(network.get_parameter("heads.fer2013.bias").detach().clone())
        path = folder / f"{info.name}.tflite"
        path.write_bytes(b"file")
        return path

    def _measured(self, of_public: list[tuple[float, float]]) -> Callable[..., Measured]:
        following = iter(of_public)

        def measured(measuring: Measuring, *_: object, **__: object) -> Measured:
            head, label = next(following)
            public = {"fer2013": head, "fer2013, decided": label}
            return Measured(measuring.info.decision, {"fer2013": 0.5}, public)

        return measured


SAME = [(0.7, 0.72)] * 2


def _tuned_with(
    person: PersonFaces,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    of_files: list[tuple[float, float]],
    of_network: list[tuple[float, float]] = SAME,
) -> tuple[_Files, torch.Tensor]:
    base = base_of("emoar-s")
    start = base.network.get_parameter("heads.fer2013.bias").detach().clone()
    public = public_faces(base.network, "head", person.training, person.training, {"fer2013": np.zeros(12, np.int64)})
    files = _Files(monkeypatch, of_files, of_network)
    personalise(base, person, path, public, replace(FREE, distillation=0.0, allowed_loss=0.01))
    return files, start


def test_the_file_forgets_no_more_than_is_allowed(
    person: PersonFaces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network keeps the whole way, since no public face was recognised before; its file forgets too much at 1, and
    at 0.9 the label does, whatever the head."""
    of_files = [(0.7, 0.72), (0.65, 0.72), (0.7, 0.709), (0.69, 0.711)]
    files, start = _tuned_with(person, tmp_path / "me.tflite", monkeypatch, of_files)
    moved = [bias - start for bias in files.biases]
    assert len(moved) == 3
    for share, change in zip((0.9, 0.8), moved[1:], strict=True):
        torch.testing.assert_close(change, share * moved[0], atol=1e-5, rtol=1e-3)
    assert (tmp_path / "me.tflite").read_bytes().startswith(b"file")


def test_the_label_forgets_no_more_than_is_allowed_before_a_file_is_written(
    person: PersonFaces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_network = [(0.7, 0.72), (0.7, 0.7), (0.7, 0.7), (0.7, 0.711)]
    files, start = _tuned_with(person, tmp_path / "me.tflite", monkeypatch, SAME, of_network)
    whole, _ = _tuned_with(person, tmp_path / "me.tflite", monkeypatch, SAME)
    (moved,), (all_of_it,) = ([bias - start for bias in each.biases] for each in (files, whole))
    torch.testing.assert_close(moved, 0.8 * all_of_it, atol=1e-5, rtol=1e-3)
    with pytest.raises(TrainingError, match="with any training"):
        _tuned_with(person, tmp_path / "other.tflite", monkeypatch, SAME, [(0.7, 0.72), *[(0.7, 0.7)] * 10])


def test_a_file_that_forgets_with_any_training_is_not_written(
    person: PersonFaces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TrainingError, match="with any training, PublicTest falls by more than a point"):
        _tuned_with(person, tmp_path / "me.tflite", monkeypatch, [(0.7, 0.7), *[(0.6, 0.7)] * 10])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("model", "message"),
    [("emoar-l", "consists of several files: give --model emoar-m or emoar-s"), ("emoar-mesh", "takes landmarks")],
)
def test_shipped_models_that_cannot_continue(model: str, message: str) -> None:
    with pytest.raises(ModelMismatch, match=message):
        base_of(model)


def test_a_file_of_another_architecture_or_version(tmp_path: Path) -> None:
    tiny = write_tiny(tmp_path / "tiny.tflite", ModelInfo("tiny", CropInput(48, 1), {"custom": ("a", "b")}))
    with pytest.raises(ModelMismatch, match=r"^tiny.tflite is of an older version or of another architecture"):
        base_of(str(tiny))


def test_the_file_of_a_user_keeps_its_rules_and_promises_nothing(
    person: PersonFaces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its training spent is no promise to the person on whose faces it continues."""
    mine, privacy = tmp_path / "mine.tflite", Privacy("client", 8.0, 1e-5, "an accountant")
    rule = Rule((1 / 7,) * 7, confidence=(0.5, 1.0, -0.5), unsure_below=0.3)
    known = ModelInfo("mine", decision=Decision({"fer2013": rule}), privacy=privacy)
    mine.write_bytes(with_info(model_path("emoar-s").read_bytes(), known))
    _Files(monkeypatch, SAME, SAME)
    personalise(base_of(str(mine)), person, tmp_path / "me.tflite", None, FREE)
    info = read_info(tmp_path / "me.tflite")
    assert info is not None
    assert (info.decision.rules, info.privacy) == ({"fer2013": rule}, None)


def test_public_faces_need_their_splits() -> None:
    """Training is what is kept, PublicTest what is measured on."""
    base, images = base_of("emoar-s"), np.zeros((4, 48, 48), np.uint8)
    faces = face_dataset(images, ["Training"] * 4, fer2013=np.zeros(4, np.int64))
    with pytest.raises(DataError, match="lacks the splits Training and PublicTest: give FER2013"):
        read_public(base, faces, TuneOptions())


def test_gains() -> None:
    assert Gain(0.5, 0.75).points == 25
