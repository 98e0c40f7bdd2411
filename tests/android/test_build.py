"""A package has the shell and the app in it, and the same bytes each time."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from emoar.android.build import SHELL, build_package
from emoar.android.signing_key import SigningKey
from emoar.errors import InputError, OutputError


def test_the_shell_and_the_app_are_in_it(package: Path, small_app: Path) -> None:
    with zipfile.ZipFile(package) as archive, zipfile.ZipFile(SHELL) as shell:
        assert archive.testzip() is None
        for name in shell.namelist():
            assert archive.read(name) == shell.read(name)
        assert archive.read("assets/web/index.html") == (small_app / "index.html").read_bytes()
        assert "assets/web/sw.js" not in archive.namelist()


def test_the_same_app_and_key_give_the_same_bytes(
    tmp_path: Path, package: Path, key: SigningKey, small_app: Path
) -> None:
    build_package(tmp_path / "again.apk", key, small_app)
    assert (tmp_path / "again.apk").read_bytes() == package.read_bytes()


def test_without_a_built_app_the_message_names_the_command(tmp_path: Path, key: SigningKey) -> None:
    (tmp_path / "index.html").write_text("not ours")
    with pytest.raises(InputError, match="run `emoar web build` first"):
        build_package(tmp_path / "emoar.apk", key, tmp_path)


def test_a_place_that_cannot_be_written(small_app: Path, key: SigningKey, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        build_package(tmp_path / "file" / "emoar.apk", key, small_app)
