"""`emoar export` from a checkpoint to files that other programs run, each compared with the network itself."""

from __future__ import annotations

import dataclasses
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from training_faces import made_dataset, write_csv
from typer.testing import CliRunner, Result

from emoar.labels import FER2013, FERPLUS
from emoar.models.inputs import CropInput, LandmarkInput
from emoar.models.metadata import ModelInfo, read_info
from emoar.models.privacy import Privacy, privacy_to_dict
from emoar.perception.classifier import ExpressionClassifier

torch = pytest.importorskip("torch", reason="exporting needs torch: pip install 'emoar[train]'")
pytest.importorskip("litert_torch", reason="exporting needs litert-torch: pip install 'emoar[train]'")
onnx = pytest.importorskip("onnx", reason="exporting needs onnx: pip install 'emoar[train]'")
onnxruntime = pytest.importorskip("onnxruntime", reason="checking needs onnxruntime: pip install 'emoar[train]'")

from emoar.cli.export import export_model as command  # noqa: E402
from emoar.models.expression import expression_model  # noqa: E402
from emoar.training.checkpoint import Checkpoint  # noqa: E402
from emoar.training.export import calibrated, formats  # noqa: E402
from emoar.training.export import export as module  # noqa: E402
from emoar.training.export.calibrated import CalibratedNetwork, ExportInput, prepare  # noqa: E402
from emoar.training.export.coreml import has_coremltools  # noqa: E402
from emoar.training.faces.inputs import FaceBatch  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.networks.tflite_weights import load_tflite_weights  # noqa: E402
from emoar.training.recipe import Recipe  # noqa: E402

HEADS = {"ferplus": FERPLUS, "fer2013": FER2013}
SPENT = Privacy("client", 7.9, 1e-5, "RDP, Poisson sampling")
NATIVE = ["tflite", "tflite-f16", "tflite-int8", "onnx"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as training leaves it: the shipped small network as `final.pt`, and made faces as `fer2013.csv`."""
    folder = tmp_path_factory.mktemp("run")
    data = made_dataset(400)
    network = build("emoar-s", HEADS)
    load_tflite_weights(network, expression_model("emoar-s").members[0].path, data.images)
    recipe = dataclasses.asdict(Recipe("emoar-s", 1))
    heads = {name: list(labels) for name, labels in HEADS.items()}
    content = {"recipe": recipe, "heads": heads, "epoch": 1, "averaged": network.state_dict()}
    torch.save({**content, "privacy": privacy_to_dict(SPENT)}, folder / "final.pt")  # as a federation leaves it
    write_csv(data, folder)
    return folder


@pytest.fixture(scope="module")
def emoar_export(run: Path) -> Callable[..., Result]:
    import typer

    app = typer.Typer()
    app.command()(command)

    def call(output: Path, *more: str) -> Result:
        paths = [str(run / "final.pt"), "--data", str(run / "fer2013.csv"), "-o", str(output)]
        return CliRunner().invoke(app, [*paths, *more])

    return call


@pytest.fixture(scope="module")
def exported(emoar_export: Callable[..., Result], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    result = emoar_export(folder, "--name", "mine", "--formats", ",".join(NATIVE))
    assert result.exit_code == 0, result.output
    return folder


def test_every_format_agrees_with_the_network(exported: Path) -> None:
    document = json.loads((exported / "mine-export.json").read_text())
    rows = {row["format"]: row for row in document["files"]}
    assert list(rows) == NATIVE
    assert document["faces"] == len(made_dataset(400).of_split("PublicTest"))
    assert all(row["good"] for row in rows.values())
    for exact in ("tflite", "onnx"):
        assert 0 < rows[exact]["largest_difference"] < 1e-3  # another runtime rounds otherwise
        assert rows[exact]["agreement"] == {"ferplus": 1.0, "fer2013": 1.0}
    assert rows["tflite-int8"]["bytes"] < 0.4 * rows["tflite"]["bytes"]
    assert rows["tflite-f16"]["bytes"] < 0.6 * rows["tflite"]["bytes"]
    for row in rows.values():
        assert (exported / row["file"]).stat().st_size == row["bytes"]
        assert row["latency_ms"] > 0


def test_the_card_has_the_same_table(exported: Path) -> None:
    card = (exported / "mine-export.md").read_text()
    document = json.loads((exported / "mine-export.json").read_text())
    for row in document["files"]:
        assert f"| {row['format']} | {row['file']} | {row['bytes'] / 1e6:.2f} |" in card


def test_the_tflite_is_described(exported: Path) -> None:
    info = read_info(exported / "mine-int8.tflite")
    assert info is not None
    assert dict(info.heads) == HEADS
    assert (info.name, info.input) == ("mine", CropInput(48, 1))
    assert info.privacy == SPENT


def test_the_onnx_is_what_unity_reads(exported: Path) -> None:
    model = onnx.load(exported / "mine.onnx")
    assert [(opset.domain, opset.version) for opset in model.opset_import if opset.domain in ("", "ai.onnx")] == [
        ("", 15)
    ]
    assert {node.domain for node in model.graph.node} == {""}
    assert not any(entry.name.endswith(".data") for entry in exported.iterdir())  # no weights beside it


def test_onnx_and_tflite_give_the_same_for_a_face(exported: Path) -> None:
    face = made_dataset(20, seed=3).images[4]
    session = onnxruntime.InferenceSession(str(exported / "mine.onnx"), providers=["CPUExecutionProvider"])
    outputs = dict(zip(HEADS, session.run(list(HEADS), {"face": face[None, None].astype(np.float32)}), strict=True))
    classifier = ExpressionClassifier(exported / "mine-float32.tflite")
    for name, probabilities in classifier.classify(face).items():
        np.testing.assert_allclose(outputs[name][0], probabilities, atol=1e-4)
        assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    classifier.close()


def test_int8_does_not_cut_off_what_stands_out(exported: Path) -> None:
    """With the quantizer's own ranges, those of an average face, the divergence was 0.010, three times as much."""
    whole, small = (ExpressionClassifier(exported / f"mine-{kind}.tflite") for kind in ("float32", "int8"))
    divergence: list[float] = []
    for face in made_dataset(400).images:
        for wanted, outputs in zip(whole.classify(face).values(), small.classify(face).values(), strict=True):
            divergence.append(float((wanted * np.log((wanted + 1e-9) / (outputs + 1e-9))).sum()))
    assert 0 < np.mean(divergence) < 0.006
    whole.close()
    small.close()


def test_a_file_that_disagrees_is_refused(
    emoar_export: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = formats.write_onnx

    def wrong(net: CalibratedNetwork, path: Path) -> Path:  # as a converter with a mistake would
        hotter = {name: 3 * temperature for name, temperature in net.temperatures.items()}
        return right(CalibratedNetwork(net.network, hotter, net.info, channels_first=True), path)

    monkeypatch.setattr(formats, "write_onnx", wrong)
    result = emoar_export(tmp_path, "--formats", "onnx")
    assert result.exit_code != 0
    assert "onnx must not be used" in str(result.exception)
    assert "does not agree with the network: largest difference" in (tmp_path / "emoar-s-export.md").read_text()


def test_core_ml_is_left_out_where_it_cannot_be_made(emoar_export: Callable[..., Result], tmp_path: Path) -> None:
    if has_coremltools():
        pytest.skip("coremltools is installed")
    result = emoar_export(tmp_path, "--formats", "coreml")
    assert result.exit_code != 0
    assert "pip install coremltools" in str(result.exception)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--formats", "tflite,keras"], "got 'keras'"),
        (["--name", "a/b"], "without slashes"),
    ],
)
def test_bad_options_are_refused(
    emoar_export: Callable[..., Result], tmp_path: Path, more: list[str], message: str
) -> None:
    result = emoar_export(tmp_path, *more)
    assert result.exit_code != 0
    assert message in str(result.exception)


@pytest.mark.parametrize("full", ["the output", "temporary files"])
def test_a_full_disk_is_seen_before_the_work(
    emoar_export: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    """The converters would end the whole process, without a word."""
    place = tmp_path if full == "the output" else Path(tempfile.gettempdir())
    real = shutil.disk_usage

    def usage(path: Path) -> SimpleNamespace:
        return SimpleNamespace(free=1_000_000 if Path(path) == place else real(path).free)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    result = emoar_export(tmp_path, "--formats", "tflite")
    assert result.exit_code != 0
    assert f"the disk is full: an export needs about 20 MB in {place}, 1 MB are free" in str(result.exception)
    assert not any(tmp_path.iterdir())


@pytest.fixture
def source(run: Path) -> ExportInput:
    checkpoint = Checkpoint.load(run / "final.pt")
    return prepare(checkpoint.network(), checkpoint.info("mine"), made_dataset(100))


def test_what_goes_wrong_with_one_format_is_its_problem(
    source: ExportInput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(_writer: formats.FormatWriter, name: str) -> Path:
        if name == "tflite":
            raise ValueError("\nno such operation\nand more")
        path = tmp_path / f"written.{name}"
        if name == "coreml":
            path = path.with_suffix(".mlpackage")
            path.mkdir()
            (path / "weights").write_bytes(b"12345")
        else:
            path.write_bytes(b"no model")
        return path

    monkeypatch.setattr(formats.FormatWriter, "write", write)
    monkeypatch.setattr(module, "has_coremltools", lambda: True)
    monkeypatch.setattr(module, "runs_coreml", lambda: False)
    steps: list[str] = []
    found = module.export(source, tmp_path / "out", ("tflite", "onnx", "coreml"), steps.append)
    refused, broken, package = found.files
    assert refused.problem == "cannot be converted: no such operation"
    assert broken.problem.startswith("does not run: mine.onnx is not a model that ONNX Runtime can load")
    assert (package.file, package.size_bytes, package.note) == (
        *("mine.mlpackage", 5),
        "not run: Core ML runs on macOS only",
    )
    assert [file.good for file in found.files] == [False, False, True]
    assert steps == ["PyTorch", "tflite", "onnx", "coreml"]
    monkeypatch.setattr(module, "has_coremltools", lambda: False)
    (left_out,) = module.export(source, tmp_path / "out", ("coreml",)).files
    assert left_out.note == "left out: coremltools is not installed (pip install coremltools)"


def test_a_shipped_model_is_described_and_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mesh model, which is small; no mesh is run: the landmarks are those of the example face."""
    info = ModelInfo("mine", LandmarkInput(), HEADS)

    def face_batch(crops: NDArray[np.uint8], inputs: object) -> tuple[FaceBatch, NDArray[np.bool_]]:
        points = np.repeat(LandmarkInput().example()[None], len(crops), axis=0)
        return FaceBatch(crops, points), np.ones(len(crops), np.bool_)

    monkeypatch.setattr(calibrated, "face_batch", face_batch)
    path = module.ship(build("emoar-mesh", HEADS).eval(), info, made_dataset(40), tmp_path / "out")
    assert path == tmp_path / "out" / "mine.tflite"
    assert read_info(path) == info
    entry = json.loads((tmp_path / "out" / "manifest.json").read_text())["mine"]
    assert (entry["bytes"], entry["purpose"]) == (path.stat().st_size, "expression of 468 landmarks")
    assert sorted(file.name for file in path.parent.iterdir()) == ["manifest.json", "mine.tflite"]
