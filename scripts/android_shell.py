"""Builds the Android app without its page, with Debian's tools and no Android SDK: `emoar android build` adds the page.

python scripts/android_shell.py [OUT.apk]     # default: src/emoar/android/shell.apk, which is committed
python scripts/android_shell.py --missing     # the Debian packages that this machine lacks

The same sources give the same bytes. A file that is not compressed depends on no version of zlib.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from android_resources import RESOURCES, write_resources

__all__ = ["PACKAGES", "SHELL", "assemble", "build_shell", "javac", "missing_tools", "run", "version", "version_code"]

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


def build_shell(target: Path, work: Path) -> None:
    """Builds the app without its page as an unsigned APK; `work` is an empty folder for what is made on the way."""
    classes = _compile_app(work)
    dex = assemble(work, sorted(path for path in classes.rglob("*.class") if not re.match(r"R(\$|\.)", path.name)))
    _aapt("package", "-f", "-0", "", "-F", str(work / "resources.apk"), *_manifest(work))
    target.parent.mkdir(parents=True, exist_ok=True)
    _pack(work / "resources.apk", dex, target)


def assemble(work: Path, classes: list[Path]) -> Path:
    """Classes as a DEX file: `classes.dex` in `work`. Raises SystemExit where one has no translation."""
    dexer, smali, dex = work / "dexer", work / "smali", work / "classes.dex"
    asm = _class_path(_ASM)
    if not dexer.exists():
        javac(dexer, sorted((ANDROID / "dexer").glob("*.java")), "-cp", asm)
    run("java", "-cp", f"{dexer}:{asm}", "ClassToSmali", str(smali), *map(str, classes))
    options = ("assemble", "-j", "1", "-a", str(_DEX_API), "-o", str(dex), str(smali))
    run("java", "-cp", _class_path(_SMALI), "org.jf.smali.Main", *options)
    return dex


def _compile_app(work: Path) -> Path:
    """Compiles the app against the fakes; returns the folder of its classes, beside `fakes`."""
    fakes, generated, classes = work / "fakes", work / "generated", work / "classes"
    generated.mkdir(parents=True)
    javac(fakes, sorted((ANDROID / "fakes").rglob("*.java")))
    _aapt("package", "-f", "-m", "-J", str(generated), *_manifest(work))
    sources = sorted((APP / "java").rglob("*.java")) + sorted(generated.rglob("*.java"))
    javac(classes, sources, "-cp", str(fakes), "-g:source,lines")
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


def _pack(resources: Path, dex: Path, target: Path) -> None:
    with zipfile.ZipFile(resources) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        entries = {name: source.read(name) for name in source.namelist()} | {"classes.dex": dex.read_bytes()}
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = 0
            archive.writestr(info, entries[name])


def javac(target: Path, sources: list[Path], *options: str) -> None:
    """Compiles sources as classes of Java 8 into a folder."""
    target.mkdir(parents=True, exist_ok=True)
    fixed = ("-nowarn", "--release", "8", "-Xlint:-options", "-encoding", "UTF-8", "-d", str(target))
    run("javac", *fixed, *options, *map(str, sources))


def _aapt(*arguments: str) -> None:
    run("aapt", *arguments)


def _jar(name: str) -> Path:
    return _JAVA / f"{name}.jar"


def _class_path(names: tuple[str, ...]) -> str:
    return ":".join(str(_jar(name)) for name in names)


def run(*command: str) -> str:
    """What a program prints. Raises SystemExit where it fails."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"{command[0]} failed:\n{result.stdout}{result.stderr}")
    return result.stdout


def main() -> None:
    """Writes the resources that come from the browser app, then the shell."""
    if "--missing" in sys.argv:
        print(*missing_tools())
        return
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else SHELL
    if missing := missing_tools():
        sys.exit(f"the shell is built with Debian's tools: apt-get install {' '.join(missing)}")
    write_resources(RESOURCES)
    with tempfile.TemporaryDirectory() as work:
        build_shell(target, Path(work))
    print(f"{target} ({target.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main()
