"""Building the browser app, with npm and Node played by scripts."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from emoar import web_build
from emoar.cli import main
from emoar.errors import DependencyMissing, InputError, OutputError
from emoar.web_build import build_web_app, copy_app, package_app


def _app(folder: Path, text: str = "<!doctype html>") -> Path:
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "manifest.json").write_text("{}")
    (folder / "index.html").write_text(text)
    return folder


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like web/, a Node of version 22.1, and an npm that "builds" and keeps a record."""
    web, programs = tmp_path / "web", tmp_path / "bin"
    web.mkdir()
    programs.mkdir()
    for name in ("package.json", "package-lock.json"):
        (web / name).write_text("{}")
    _program(programs / "node", "echo v22.1.0")
    _program(
        programs / "npm",
        'echo "$@" >> record; echo "some chatter"\n'
        'if [ "$1" = ci ]; then mkdir -p node_modules; touch node_modules/.package-lock.json; fi\n'
        'if [ "$1" = run ]; then mkdir -p dist/models; echo "{}" > dist/models/manifest.json;'
        ' echo "$PYTHON_WITH_EMOAR" > dist/index.html; fi\n'
        "test ! -e broken",
    )
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(web_build, "_SOURCES", web)
    monkeypatch.setattr(web_build, "APP_FOLDER", tmp_path / "package" / "web_app")
    monkeypatch.setattr(web_build.models, "pull", list)
    return web


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_it_installs_once_and_builds_into_the_package(sources: Path) -> None:
    steps: list[str] = []
    folder = build_web_app(log=steps.append)
    assert folder == web_build.APP_FOLDER
    assert "python" in (folder / "index.html").read_text()
    assert len(steps) == 2
    build_web_app()
    assert (sources / "record").read_text().splitlines() == ["ci", "run build", "run build"]


def test_a_folder_of_ones_own_is_left_alone(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    with pytest.raises(InputError, match="something else"):
        build_web_app(tmp_path / "mine")
    assert not (sources / "record").exists()
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "all of it"


def test_an_earlier_build_is_replaced(tmp_path: Path) -> None:
    old, new = _app(tmp_path / "site"), _app(tmp_path / "dist", "new")
    (old / "stale.js").write_text("")
    copy_app(new, old)
    assert (old / "index.html").read_text() == "new"
    assert not (old / "stale.js").exists()


def test_a_build_that_fails_gives_the_reason(sources: Path) -> None:
    (sources / "broken").touch()
    with pytest.raises(OutputError, match=r"npm ci failed .*some chatter"):
        build_web_app()


@pytest.mark.parametrize("version", ["v18.19.0", "v20.18.3", "what?"])
def test_an_old_node_is_refused(sources: Path, tmp_path: Path, version: str) -> None:
    _program(tmp_path / "bin" / "node", f"echo '{version}'")
    with pytest.raises(DependencyMissing, match=r"20\.19 or newer"):
        build_web_app()


def test_without_node(sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["web", "build"]) == DependencyMissing.exit_code
    assert "not installed" in capsys.readouterr().err


def test_an_installed_package_copies_the_app_that_came_with_it(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_build, "_SOURCES", tmp_path / "nowhere")
    with pytest.raises(DependencyMissing, match="checkout"):
        build_web_app(tmp_path / "site")
    _app(web_build.APP_FOLDER, "from the wheel")
    assert build_web_app() == web_build.APP_FOLDER
    assert (build_web_app(tmp_path / "site") / "index.html").read_text() == "from the wheel"


def test_the_package_has_the_runtime_in_compressed_forms_and_a_site_gets_all(tmp_path: Path) -> None:
    built = _app(tmp_path / "dist")
    runtime = bytes(100_000)
    for name, data in {"a.wasm": runtime, "a.wasm.br": b"br", "a.wasm.gz": gzip.compress(runtime)}.items():
        (built / name).write_bytes(data)
    (built / "b.wasm").write_bytes(b"no other form")
    (built / "models" / "manifest.json.gz").write_bytes(gzip.compress(b"{}"))
    package_app(built, tmp_path / "package")
    names = {path.relative_to(tmp_path / "package").as_posix() for path in (tmp_path / "package").rglob("*.*")}
    compressed = {"a.wasm.br", "a.wasm.gz", "b.wasm", "index.html", "models/manifest.json.gz"}
    assert names == {*compressed, "models/manifest.json"}
    copy_app(tmp_path / "package", tmp_path / "site")
    assert (tmp_path / "site" / "a.wasm").read_bytes() == runtime
    assert (tmp_path / "site" / "a.wasm.br").read_bytes() == b"br"
    with pytest.raises(OutputError, match="cannot write"):
        package_app(built / "nowhere", tmp_path / "site")
