"""Builds the Android app without its page, with Debian's tools and without an Android SDK: `emoar android build` fills it.

python scripts/android_shell.py [OUT.apk]     # default: src/emoar/android/shell.apk, which is committed
python scripts/android_shell.py --classes FOLDER     # the compiled classes of the app and of the fakes, for the tests

The same sources give the same bytes. A file that is not compressed depends on no version of zlib.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from android_resources import RESOURCES, write_resources

__all__ = ["PACKAGES", "build_shell", "compile_app", "missing_tools"]

ROOT: Final = Path(__file__).resolve().parent.parent
ANDROID: Final = ROOT / "android"
APP: Final = ANDROID / "app/src/main"
SHELL: Final = ROOT / "src/emoar/android/shell.apk"
PACKAGES: Final = ["openjdk-17-jdk-headless", "aapt", "android-framework-res", "libasm-java", "libsmali-java"]

_JAVA: Final = Path("/usr/share/java")
_FRAMEWORK: Final = Path("/usr/share/android-framework-res/framework-res.apk")
_ASM: Final = ("asm", "asm-tree", "asm-analysis")
_SMALI: Final = ("smali", "smali-util", "dexlib2", "guava", "antlr3-runtime", "jcommander")
_MIN_SDK, _TARGET_SDK = 26, 35
_DEX_API: Final = 23  # of the assembler: DEX 035, which every Android and every tool reads
_DATE: Final = (1981, 1, 1, 1, 1, 2)


def missing_tools() -> list[str]:
    """The Debian packages that are not installed, as far as their files show."""
    places = {
        "openjdk-17-jdk-headless": shutil.which("javac"),
        "aapt": shutil.which("aapt"),
        "android-framework-res": _FRAMEWORK.exists(),
        "libasm-java": _jar("asm-analysis").exists(),
        "libsmali-java": _jar("smali").exists(),
    }
    return [name for name in PACKAGES if not places[name]]


def build_shell(target: Path) -> None:
    """Builds the app without its page as an unsigned APK."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        classes = compile_app(work)
        dex = _assemble(work, classes)
        _aapt("package", "-f", "-0", "", "-F", str(work / "resources.apk"), *_manifest(work))
        target.parent.mkdir(parents=True, exist_ok=True)
        _pack(work / "resources.apk", dex, target)


def compile_app(work: Path) -> Path:
    """Compiles the app against the fakes; returns the folder of its classes, beside `fakes` and `tests`."""
    fakes, generated, classes = work / "fakes", work / "generated", work / "classes"
    generated.mkdir(parents=True)
    _javac(fakes, sorted((ANDROID / "fakes").rglob("*.java")))
    _aapt("package", "-f", "-m", "-J", str(generated), *_manifest(work))
    sources = sorted((APP / "java").rglob("*.java")) + sorted(generated.rglob("*.java"))
    _javac(classes, sources, "-cp", str(fakes), "-g:source,lines")
    return classes


def version() -> str:
    """The version of the project."""
    found = re.search(r'^version = "(\d+\.\d+\.\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert found
    return found[1]


def version_code(text: str) -> int:
    """1.2.3 as 1002003: a later version has a larger code."""
    major, minor, patch = map(int, text.split("."))
    return major * 1_000_000 + minor * 1000 + patch


def _manifest(work: Path) -> list[str]:
    """The options for aapt that name manifest and resources. Gradle adds the package's name itself; aapt reads it."""
    manifest = work / "AndroidManifest.xml"
    text = (APP / "AndroidManifest.xml").read_text("utf-8")
    manifest.write_text(text.replace("<manifest ", '<manifest package="org.emoar.app" ', 1), "utf-8")
    numbers = {"--min-sdk-version": _MIN_SDK, "--target-sdk-version": _TARGET_SDK, "--version-name": version()}
    numbers["--version-code"] = version_code(version())
    options = [text for name, value in numbers.items() for text in (name, str(value))]
    return [*options, "-M", str(manifest), "-S", str(RESOURCES), "-I", str(_FRAMEWORK)]


def _assemble(work: Path, classes: Path) -> Path:
    """The app's classes as classes.dex."""
    dexer, smali, dex = work / "dexer", work / "smali", work / "classes.dex"
    asm = _class_path(_ASM)
    _javac(dexer, sorted((ANDROID / "dexer").glob("*.java")), "-cp", asm)
    files = [path for path in sorted(classes.rglob("*.class")) if not re.match(r"R(\$|\.)", path.name)]
    _run("java", "-cp", f"{dexer}:{asm}", "ClassToSmali", str(smali), *map(str, files))
    assemble = ("org.jf.smali.Main", "assemble", "-j", "1", "-a", str(_DEX_API), "-o", str(dex), str(smali))
    _run("java", "-cp", _class_path(_SMALI), *assemble)
    return dex


def _pack(resources: Path, dex: Path, target: Path) -> None:
    with zipfile.ZipFile(resources) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        entries = {name: source.read(name) for name in source.namelist()} | {"classes.dex": dex.read_bytes()}
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = 0
            archive.writestr(info, entries[name])


def _javac(target: Path, sources: list[Path], *options: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    fixed = ("-nowarn", "--release", "8", "-Xlint:-options", "-encoding", "UTF-8", "-d", str(target))
    _run("javac", *fixed, *options, *map(str, sources))


def _aapt(*arguments: str) -> None:
    _run("aapt", *arguments)


def _jar(name: str) -> Path:
    return _JAVA / f"{name}.jar"


def _class_path(names: tuple[str, ...]) -> str:
    return ":".join(str(_jar(name)) for name in names)


def _run(*command: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"{command[0]} failed:\n{result.stdout}{result.stderr}")


def main() -> None:
    """Builds the shell, or the classes for the tests."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", nargs="?", type=Path, default=SHELL)
    parser.add_argument("--classes", type=Path)
    chosen = parser.parse_args()
    if missing := missing_tools():
        sys.exit(f"the shell is built with Debian's tools: apt-get install {' '.join(missing)}")
    if chosen.classes:
        compile_app(chosen.classes)
        return
    write_resources(RESOURCES)
    build_shell(chosen.output)
    print(f"{chosen.output} ({chosen.output.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
