"""Model files: found, verified, and never installed with wrong bytes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from small_models import ALPHA, BETA, names
from typer.testing import CliRunner

from emoar.cli.models import app
from emoar.errors import InputError, ModelMismatch, ModelMissing, OutputError
from emoar.models import public
from emoar.models.sources import LocalFolder, ModelFile, Progress


def test_real_models_are_here_and_right() -> None:
    assert {status.model.name: status.state for status in public.verify()} == {
        "face_detection_short_range": "ok",
        "face_detection_full_range_sparse": "ok",
        "face_landmark": "ok",
        "emoar-m": "ok",
        "emoar-measures": "ok",
        "emoar-mesh": "ok",
        "emoar-s": "ok",
    }


def test_sizes_are_those_of_the_files() -> None:
    for status in public.verify():
        assert status.path.stat().st_size == status.model.size_bytes


def test_model_path_takes_names_with_and_without_suffix() -> None:
    assert public.model_path("face_landmark") == public.model_path("face_landmark.tflite")


@pytest.mark.parametrize("name", ["", "face", "face_landmark.onnx"])
def test_unknown_name(name: str) -> None:
    with pytest.raises(InputError, match="model must be one of face_detection_short_range"):
        public.model_path(name)


def test_unknown_expression_model() -> None:
    with pytest.raises(ModelMissing, match="emoar-nothing"):
        public.model_path("emoar-nothing")


def test_folder_is_argument_then_variable_then_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(public.FOLDER_VARIABLE, raising=False)
    assert public.model_folder().parts[-2:] == ("emoar", "models")
    monkeypatch.setenv(public.FOLDER_VARIABLE, str(tmp_path / "variable"))
    assert public.model_folder() == tmp_path / "variable"
    assert public.model_folder(tmp_path / "argument") == tmp_path / "argument"


def test_missing_models_are_named_with_folder_and_cure(folder: Path) -> None:
    with pytest.raises(ModelMissing) as error:
        public.model_path("beta", folder)
    assert str(error.value) == f"model files are missing in {folder}: alpha.tflite, beta.tflite; run: emoar models pull"


def test_damaged_model_is_refused_then_replaced(folder: Path, stick: Path) -> None:
    folder.mkdir()
    (folder / "alpha.tflite").write_bytes(ALPHA[:-1])
    with pytest.raises(ModelMismatch, match=r"alpha\.tflite is damaged"):
        public.model_path("alpha", folder)
    public.pull(folder, sources=[LocalFolder(stick)])
    assert public.model_path("alpha", folder).read_bytes() == ALPHA


def test_pull_only_named(folder: Path, stick: Path) -> None:
    assert public.pull(folder, ["beta"], [LocalFolder(stick)]) == [folder / "beta.tflite"]
    assert names(folder) == ["beta.tflite"]


def test_pull_asks_nobody_when_nothing_is_missing(folder: Path, stick: Path) -> None:
    public.pull(folder, sources=[LocalFolder(stick)])
    assert len(public.pull(folder, sources=[])) == 2


def test_folder_that_cannot_be_made(folder: Path, stick: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot write models into"):
        public.pull(tmp_path / "file" / "models", sources=[LocalFolder(stick)])


class InterruptedSource:
    """Gives one model; then the user presses Ctrl-C."""

    def fetch(self, wanted: Sequence[ModelFile], progress: Progress | None) -> Iterator[tuple[ModelFile, bytes]]:
        yield wanted[0], ALPHA
        raise KeyboardInterrupt


def test_ctrl_c_leaves_nothing_half(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        public.pull(folder, sources=[InterruptedSource()])
    assert names(folder) == ["alpha.tflite"]


PULL_ALONE = """
    import hashlib, resource, signal, sys
    from pathlib import Path
    from emoar.models import public
    from emoar.models.public import shipped
    from emoar.models.sources import LocalFolder, ModelFile

    def model(name, content):
        sha256 = hashlib.sha256(content).hexdigest()
        return ModelFile(name, sha256, len(content), "Apache-2.0", "test", "test")

    folder, stick = map(Path, sys.argv[1:3])
    public.PUBLIC_MODELS = (model("alpha", b"alpha" * 50_000), model("beta", b"beta" * 10_000))
"""


def test_full_disk_leaves_nothing(stick: Path, tmp_path: Path) -> None:
    limited = """
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))  # a write beyond it fails as on a full disk
    try:
        public.pull(folder, sources=[LocalFolder(stick)])
    except public.OutputError as exc:
        print(exc)
    """
    code = textwrap.dedent(PULL_ALONE + limited)
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "models", stick], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"cannot write models into {tmp_path / 'models'} (File too large)")
    assert names(tmp_path / "models") == []


def test_processes_that_pull_at_once_do_no_harm(stick: Path, tmp_path: Path) -> None:
    again_and_again = """
    for _ in range(40):
        for path in public.pull(folder, sources=[LocalFolder(stick)]):
            path.unlink(missing_ok=True)  # so that the other process finds it missing at any moment
    """
    code = textwrap.dedent(PULL_ALONE + again_and_again)
    folder = tmp_path / "models"
    command = [sys.executable, "-c", code, str(folder), str(stick)]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [run.communicate()[1] for run in runs] == ["", ""]
    assert [run.returncode for run in runs] == [0, 0]
    assert all(path.read_bytes() in (ALPHA, BETA) for path in folder.iterdir())
    assert set(names(folder)) <= {"alpha.tflite", "beta.tflite"}


def test_command_list_json(folder: Path) -> None:
    result = CliRunner().invoke(app, ["list", "--json", "--folder", str(folder)])
    listed = {entry["name"]: entry for entry in json.loads(result.output)}
    assert listed["alpha"]["state"] == "missing"
    assert listed["alpha"]["sha256"] == hashlib.sha256(ALPHA).hexdigest()
    assert listed["emoar-m"]["shipped"] is True


def test_command_list() -> None:
    output = CliRunner().invoke(app, ["list"]).output
    for word in ("face_detection_full_range_sparse", "2c3728e6da56", "Apache-2.0", "emoar-m", "shipped"):
        assert word in output


def test_command_pull_then_verify(folder: Path, stick: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["verify", "--folder", str(folder)]).exit_code == 5
    pulled = runner.invoke(app, ["pull", "--folder", str(folder), "--from", str(stick)])
    assert (pulled.exit_code, pulled.stdout) == (0, f"2 models verified in {folder}\n")
    assert runner.invoke(app, ["verify", "--folder", str(folder)]).exit_code == 0
    (folder / "beta.tflite").write_bytes(b"")
    broken = runner.invoke(app, ["verify", "--folder", str(folder)])
    assert broken.exit_code == 5
    assert "wrong bytes" in broken.output
