"""Model files: found, verified, pulled from each source, and never installed with wrong bytes."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emoar.cli.models import app
from emoar.errors import InputError, ModelMismatch, ModelMissing, OutputError
from emoar.models import public, shipped, sources
from emoar.models.sources import LocalFolder, ModelFile, OfficialAddress, Progress, PythonWheel, folder_bytes

ALPHA, BETA = b"alpha" * 50_000, b"beta" * 10_000


def fake_model(name: str, content: bytes, *addresses: str) -> ModelFile:
    return ModelFile(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        licence="Apache-2.0",
        author="test",
        purpose="test",
        addresses=addresses,
        wheel_member=f"mediapipe/modules/{name}.tflite",
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model folder, with two small models instead of the public ones."""
    monkeypatch.setattr(public, "PUBLIC_MODELS", (fake_model("alpha", ALPHA), fake_model("beta", BETA)))
    return tmp_path / "models"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder that holds both models, one deep inside and under another name."""
    (tmp_path / "stick" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "stick" / "deep" / "er" / "renamed.bin").write_bytes(ALPHA)
    (tmp_path / "stick" / "beta.tflite").write_bytes(BETA)
    (tmp_path / "stick" / "same-size.bin").write_bytes(b"x" * len(ALPHA))
    return tmp_path / "stick"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


class Site:
    """A web server on this machine: content by path; with `cut`, Content-Length is twice what it sends."""

    def __init__(self, content: Mapping[str, bytes], cut: bool = False) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = content.get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"") * (2 if cut else 1)))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))

    def __enter__(self) -> Site:
        self.thread.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_real_models_are_here_and_right() -> None:
    assert {status.model.name: status.state for status in public.verify()} == {
        "face_detection_short_range": "ok",
        "face_detection_full_range_sparse": "ok",
        "face_landmark": "ok",
        "emoar-m": "ok",
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


def test_pull_from_folder_finds_files_by_their_bytes(folder: Path, stick: Path) -> None:
    paths = public.pull(folder, sources=[LocalFolder(stick)])
    assert [path.read_bytes() for path in paths] == [ALPHA, BETA]
    assert names(folder) == ["alpha.tflite", "beta.tflite"]


def test_pull_only_named(folder: Path, stick: Path) -> None:
    assert public.pull(folder, ["beta"], [LocalFolder(stick)]) == [folder / "beta.tflite"]
    assert names(folder) == ["beta.tflite"]


def test_pull_asks_nobody_when_nothing_is_missing(folder: Path, stick: Path) -> None:
    public.pull(folder, sources=[LocalFolder(stick)])
    assert len(public.pull(folder, sources=[])) == 2


def test_pull_from_folder_with_wrong_bytes(folder: Path, stick: Path) -> None:
    (stick / "beta.tflite").write_bytes(BETA[::-1])
    with pytest.raises(ModelMismatch, match=r"beta\.tflite"):
        public.pull(folder, sources=[LocalFolder(stick)])
    assert "beta.tflite" not in names(folder)


def test_pull_from_folder_without_models(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelMissing, match=r"alpha\.tflite, beta\.tflite.*--from FOLDER"):
        public.pull(folder, sources=[LocalFolder(tmp_path / "empty")])


def test_pull_from_no_folder(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a folder"):
        public.pull(folder, sources=[LocalFolder(tmp_path / "nowhere")])


def test_pull_from_address(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int, int]] = []
    with Site({"/a?generation=1": ALPHA, "/second/b": BETA}) as site:
        wanted = (
            fake_model("alpha", ALPHA, f"{site.url}/a?generation=1"),
            fake_model("beta", BETA, f"{site.url}/gone", f"{site.url}/second/b"),
        )
        monkeypatch.setattr(public, "PUBLIC_MODELS", wanted)
        public.pull(folder, sources=[OfficialAddress()], progress=lambda *event: seen.append(event))
    assert names(folder) == ["alpha.tflite", "beta.tflite"]
    assert seen[-1] == ("beta.tflite", len(BETA), len(BETA))
    assert ("alpha.tflite", len(ALPHA), len(ALPHA)) in seen
    assert len(seen) > 3  # in steps


def test_wrong_bytes_from_address_are_an_error_and_leave_nothing(
    folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Site({"/a": b"<html>please log in</html>"}) as site:
        monkeypatch.setattr(public, "PUBLIC_MODELS", (fake_model("alpha", ALPHA, f"{site.url}/a"),))
        with pytest.raises(ModelMismatch, match="nothing was installed"):
            public.pull(folder, sources=[OfficialAddress(), LocalFolder(stick)])
    assert names(folder) == []


def test_broken_connection_leads_to_the_next_source(folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Site({"/a": ALPHA[:1000]}, cut=True) as site:
        monkeypatch.setattr(public, "PUBLIC_MODELS", (fake_model("alpha", ALPHA, f"{site.url}/a"),))
        with pytest.raises(ModelMissing, match="the connection broke after 1000 bytes"):
            public.pull(folder, sources=[OfficialAddress()])
        public.pull(folder, sources=[OfficialAddress(), LocalFolder(stick)])
    assert names(folder) == ["alpha.tflite"]


def test_gone_from_address(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Site({}) as site:
        monkeypatch.setattr(public, "PUBLIC_MODELS", (fake_model("alpha", ALPHA, f"{site.url}/a"),))
        with pytest.raises(ModelMissing, match=r"the official address of alpha\.tflite: not found"):
            public.pull(folder, sources=[OfficialAddress()])


@pytest.mark.parametrize("url", ["https://emoar.invalid/a", "http://127.0.0.1:9/a"])
def test_offline_goes_on_soon(url: str, folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "PUBLIC_MODELS", (fake_model("alpha", ALPHA, url),))
    started = time.monotonic()
    public.pull(folder, sources=[OfficialAddress(timeout_s=2), LocalFolder(stick)])
    assert time.monotonic() - started < 6
    assert names(folder) == ["alpha.tflite"]


def make_wheel(folder: Path, members: Mapping[str, bytes]) -> None:
    info = "mediapipe-0.10.21.dist-info"
    with zipfile.ZipFile(folder / "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: mediapipe\nVersion: 0.10.21\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: cp311-cp311-manylinux_2_28_x86_64\n")
        wheel.writestr(f"{info}/RECORD", "")
        for name, content in members.items():
            wheel.writestr(name, content)


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that pip searches."""
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return tmp_path / "wheels"


def test_pull_from_wheel(folder: Path, wheels: Path) -> None:
    make_wheel(wheels, {"mediapipe/modules/alpha.tflite": ALPHA, "mediapipe/modules/beta.tflite": BETA})
    seen: list[str] = []
    paths = public.pull(folder, sources=[PythonWheel()], progress=lambda name, done, total: seen.append(name))
    assert [path.read_bytes() for path in paths] == [ALPHA, BETA]
    assert set(seen) == {"mediapipe==0.10.21"}


def test_folders_that_pip_removes_meanwhile_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "stays").write_bytes(b"12345")
    done = threading.Event()

    def churn() -> None:
        while not done.is_set():
            (tmp_path / "deep" / "deeper").mkdir(parents=True)
            (tmp_path / "deep" / "deeper" / "file").write_bytes(b"1")
            shutil.rmtree(tmp_path / "deep")

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        seen = {folder_bytes(tmp_path) for _ in range(3000)}
    finally:
        done.set()
        thread.join()
    assert seen <= {5, 6}


def test_wheel_with_wrong_bytes(folder: Path, wheels: Path) -> None:
    make_wheel(wheels, {"mediapipe/modules/alpha.tflite": BETA})
    with pytest.raises(ModelMismatch, match="the wheel mediapipe"):
        public.pull(folder, sources=[PythonWheel()])
    assert names(folder) == []


def test_no_wheel_anywhere(folder: Path, wheels: Path) -> None:
    with pytest.raises(ModelMissing, match=r"the wheel mediapipe==0\.10\.21: ERROR: No matching distribution"):
        public.pull(folder, sources=[PythonWheel()])


def test_python_without_pip(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "find_spec", lambda name: None)
    with pytest.raises(ModelMissing, match="has no pip"):
        public.pull(folder, sources=[PythonWheel()])


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


@pytest.mark.parametrize("text", ["", "[]", '{"emoar-m": {}}', '{"emoar-m": 3}'])
def test_damaged_manifest(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text(text)
    monkeypatch.setattr(shipped, "weights_folder", lambda: tmp_path)
    with pytest.raises(ModelMismatch, match="install emoar again"):
        public.shipped_models()


def test_shipped_model_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"file": "emoar-m.tflite", "sha256": "0" * 64, "bytes": 3}
    (tmp_path / "manifest.json").write_text(json.dumps({"emoar-m": entry}))
    monkeypatch.setattr(shipped, "weights_folder", lambda: tmp_path)
    with pytest.raises(ModelMissing, match=r"emoar-m\.tflite is missing; install emoar again"):
        public.model_path("emoar-m")
    (tmp_path / "emoar-m.tflite").write_bytes(b"abc")
    with pytest.raises(ModelMismatch, match="install emoar again"):
        public.model_path("emoar-m")


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


def test_the_list_shows_the_accuracy_of_the_shipped_models() -> None:
    listed = json.loads(CliRunner().invoke(app, ["list", "--json"]).stdout)
    accuracies = {model["name"]: model["accuracy"] for model in listed if model["shipped"]}
    assert set(accuracies) == {"emoar-m", "emoar-s", "emoar-mesh"}
    assert all(set(accuracy) == {"fer2013", "ferplus"} for accuracy in accuracies.values())
    assert "% of FER+" in CliRunner().invoke(app, ["list"]).stdout
