"""`emoar android build`: the browser app, packed into the prebuilt shell and signed."""

from __future__ import annotations

import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Final

from emoar.android.entries import web_entries, write_zip
from emoar.android.signing import sign
from emoar.android.signing_key import SigningKey
from emoar.errors import InputError
from emoar.files import atomic_write, check_writable
from emoar.web_build import APP_FOLDER

__all__ = ["SHELL", "build_package"]

SHELL: Final = Path(str(files("emoar.android") / "shell.apk"))  # `make android-shell` builds it
_MARK: Final = Path("models") / "manifest.json"  # identifies a folder as a built app


def build_package(output: Path, key: SigningKey, web_app: Path = APP_FOLDER) -> None:
    """Writes an APK file; the same app and key give the same bytes.

    Args:
        output: the file.
        key: signs the package.
        web_app: the folder of a built browser app.

    Raises:
        InputError: the folder has no built app.
        OutputError: the file cannot be written.
    """
    if not (web_app / "index.html").is_file() or not (web_app / _MARK).is_file():
        raise InputError(f"{web_app}: has no built browser app; run `emoar web build` first")
    check_writable(output)
    with zipfile.ZipFile(SHELL) as shell:
        entries = {name: shell.read(name) for name in shell.namelist()}
    atomic_write(output, sign(write_zip(entries | web_entries(web_app)), key))
