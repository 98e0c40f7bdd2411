"""What the tests of Android packages share."""

from __future__ import annotations

from pathlib import Path

import android_shell
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from emoar.android.build import build_package
from emoar.android.signing_key import SigningKey


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return SigningKey(ec.derive_private_key(20261129, ec.SECP256R1()))


@pytest.fixture(scope="session")
def small_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `emoar web build` writes it, with little in it."""
    folder = tmp_path_factory.mktemp("small_app")
    files = {
        "index.html": b"<!doctype html><title>small</title>",
        "models/manifest.json": b"{}",
        "models/one.tflite": bytes(range(256)) * 5000,  # more than one chunk of the signatures
        "icons/icon.png": b"\x89PNG",
        "wasm/1/plain_internal.wasm": b"\0asm",
        "sw.js": b"",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory, key: SigningKey, small_app: Path) -> Path:
    """A signed package."""
    path = tmp_path_factory.mktemp("package") / "emoar.apk"
    build_package(path, key, small_app)
    return path


@pytest.fixture(scope="session")
def built_shell(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `make android-shell` makes: `shell.apk`, and on the way there `classes`, `fakes`, `dexer`."""
    if missing := android_shell.missing_tools():
        pytest.skip(f"apt-get install {' '.join(missing)}")
    work = tmp_path_factory.mktemp("shell")
    android_shell.build_shell(work / "shell.apk", work)
    return work
