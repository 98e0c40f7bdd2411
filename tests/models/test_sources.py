"""Where models come from: a folder, an address, a wheel; each when it fails."""

from __future__ import annotations

import shutil
import socket
import threading
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from small_models import ALPHA, BETA, Site, fake_model, make_wheel, names

from emoar.errors import InputError, ModelMismatch, ModelMissing
from emoar.models import public, sources
from emoar.models.sources import LocalFolder, OfficialAddress, PythonWheel, folder_bytes


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that pip searches."""
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return tmp_path / "wheels"


def test_pull_from_folder_finds_files_by_their_bytes(folder: Path, stick: Path) -> None:
    paths = public.pull(folder, sources=[LocalFolder(stick)])
    assert [path.read_bytes() for path in paths] == [ALPHA, BETA]
    assert names(folder) == ["alpha.tflite", "beta.tflite"]


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
def test_offline_goes_on_to_the_next_source(
    url: str, folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "PUBLIC_MODELS", (fake_model("alpha", ALPHA, url),))
    public.pull(folder, sources=[OfficialAddress(timeout_s=2), LocalFolder(stick)])
    assert names(folder) == ["alpha.tflite"]


def test_a_resolver_that_hangs_is_given_up(folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test would hang if the resolver were waited for."""
    ended = threading.Event()

    def hangs(*_: object) -> list[object]:
        ended.wait()
        return []

    monkeypatch.setattr(urllib.request, "getproxies", dict)  # with a proxy, the proxy resolves the name
    monkeypatch.setattr(sources.socket, "getaddrinfo", hangs)
    monkeypatch.setattr(public, "PUBLIC_MODELS", (fake_model("alpha", ALPHA, "https://emoar.invalid/a"),))
    try:
        public.pull(folder, sources=[OfficialAddress(timeout_s=0.05), LocalFolder(stick)])
    finally:
        ended.set()
    assert names(folder) == ["alpha.tflite"]


def test_a_server_that_never_responds_is_given_up(folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test would hang if the response were waited for."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/a"
        monkeypatch.setattr(public, "PUBLIC_MODELS", (fake_model("alpha", ALPHA, address),))
        public.pull(folder, sources=[OfficialAddress(timeout_s=0.5), LocalFolder(stick)])
    assert names(folder) == ["alpha.tflite"]


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


def test_a_model_has_the_file_name_of_its_name_unless_it_has_another() -> None:
    model = fake_model("alpha", ALPHA, "https://example.org/a", "https://example.org/b")
    assert (model.file, model.source) == ("alpha.tflite", "https://example.org/a")
    assert replace(model, file_name="a.onnx", addresses=()).file == "a.onnx"
    assert replace(model, addresses=()).source == "a folder"
    assert replace(model, shipped=True).source == "inside the package"
