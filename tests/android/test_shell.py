"""The shell: the committed one is what the sources give; it does what it should, as compiled and out of the package."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import android_api
import android_page
import android_resources
import android_shell
import pytest

from emoar import __version__
from emoar.android.build import SHELL
from emoar.android.verification import verify_package

TESTS = android_shell.ANDROID / "tests"
SUITES = sorted(path.stem for path in TESTS.rglob("*Test.java"))
JUNIT = "/usr/share/java/junit4.jar:/usr/share/java/hamcrest-core.jar"
LARGEST_BYTES = 100_000
# Classes with which code could reach a network, load other code, or name classes at run time.
FORBIDDEN = (
    *("Ljava/net/", "Ljavax/net/", "Landroid/net/http/", "Landroid/app/DownloadManager", "Landroid/net/Connectivity"),
    *("Ljava/lang/reflect/", "Ldalvik/", "Ljava/lang/ClassLoader", "Ljava/lang/Runtime;", "Ljava/lang/ProcessBuilder"),
)


@pytest.fixture(scope="module")
def dex() -> Any:
    """The code of the committed shell."""
    from androguard.core.dex import DEX

    with zipfile.ZipFile(SHELL) as archive:
        return DEX(archive.read("classes.dex"))


def test_the_committed_shell_has_the_bytes_that_its_sources_give(built_shell: Path) -> None:
    assert (built_shell / "shell.apk").read_bytes() == SHELL.read_bytes(), (
        "run `make android-shell` and commit the result"
    )
    assert SHELL.stat().st_size <= LARGEST_BYTES


def test_texts_and_icon_are_those_of_the_browser_app(tmp_path: Path) -> None:
    android_resources.write_resources(tmp_path)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.xml"))
    assert len(written) >= 4
    for path in written:
        expected = (tmp_path / path).read_text("utf-8")
        assert (android_shell.RESOURCES / path).read_text("utf-8") == expected, f"{path}: run `make android-shell`"
    committed = android_shell.RESOURCES.glob("values-*/strings.xml")
    assert {path.relative_to(android_shell.RESOURCES) for path in committed} <= set(written), (
        "of a language that is gone"
    )


def test_the_version_is_that_of_the_project(package: Path) -> None:
    found = verify_package(package)
    assert found.version == __version__ == android_shell.version()
    assert found.version_code == android_shell.version_code(__version__)
    codes = [
        android_shell.version_code(text) for text in ("0.1.0", "0.1.1", "0.2.0", "0.10.0", "1.0.0", "1.0.999", "1.1.0")
    ]
    assert codes == sorted(set(codes))


@pytest.fixture(scope="module")
def compiled_tests(built_shell: Path) -> Path:
    """The classes of the tests in `android/tests`."""
    if not Path(JUNIT.split(":")[0]).exists():
        pytest.skip("apt-get install junit4")
    libraries = f"{built_shell / 'classes'}:{built_shell / 'fakes'}:{JUNIT}"
    android_shell.javac(built_shell / "tests", sorted(TESTS.rglob("*.java")), "-cp", libraries)
    return built_shell / "tests"


@pytest.fixture(scope="module")
def read_back(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The classes of the committed shell, read back out of its DEX file."""
    folder = tmp_path_factory.mktemp("read_back")
    with zipfile.ZipFile(SHELL) as archive:
        archive.extract("classes.dex", folder)
    return _enjarify(folder / "classes.dex")


def _enjarify(dex: Path) -> Path:
    if needed := android_page.missing():
        pytest.skip(f"apt-get install {' '.join(needed)}")
    return android_page.read_back(dex)


def _junit(classes: str) -> str:
    names = [f"org.emoar.app.{name}" for name in SUITES]
    command = ["java", "-Xverify:all", "-cp", f"{classes}:{JUNIT}", "org.junit.runner.JUnitCore", *names]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    return result.stdout


def test_the_classes_as_compiled(built_shell: Path, compiled_tests: Path) -> None:
    assert "OK (" in _junit(f"{compiled_tests}:{built_shell / 'classes'}:{built_shell / 'fakes'}")


def test_the_classes_out_of_the_package(built_shell: Path, compiled_tests: Path, read_back: Path) -> None:
    resources = built_shell / "only_resources"  # constants for the tests; the package has them in its code
    for path in (built_shell / "classes").rglob("R*.class"):
        target = resources / path.relative_to(built_shell / "classes")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    assert "OK (" in _junit(f"{compiled_tests}:{read_back}:{resources}:{built_shell / 'fakes'}")


def test_code_that_went_through_dex_computes_the_same(built_shell: Path, tmp_path: Path) -> None:
    android_shell.javac(tmp_path / "classes", [TESTS / "Opcodes.java"], "-g:source,lines")
    shutil.copytree(built_shell / "dexer", tmp_path / "dexer")
    dex = android_shell.assemble(tmp_path, sorted((tmp_path / "classes").glob("*.class")))
    expected = android_shell.run("java", "-cp", str(tmp_path / "classes"), "Opcodes")
    assert len(expected.splitlines()) > 70
    assert android_shell.run("java", "-Xverify:all", "-cp", str(_enjarify(dex)), "Opcodes") == expected


REFUSED = {
    "A": ("synchronized void run() {}", "a synchronized method"),
    "B": ("Runnable run() { return () -> {}; }", "opcode 186"),
    "C": ("boolean[] field;", "boolean\\[\\] in field"),
    "D": ("Object run() { return new boolean[2]; }", "boolean\\[\\] in D.run"),
    "E": ("Object run() { return new int[2][3]; }", "opcode 197"),
}


def test_what_has_no_translation_is_refused(built_shell: Path, tmp_path: Path) -> None:
    source = tmp_path / "All.java"
    source.write_text("".join(f"class {name} {{ {code} }}\n" for name, (code, _) in REFUSED.items()))
    android_shell.javac(tmp_path / "classes", [source])
    shutil.copytree(built_shell / "dexer", tmp_path / "dexer")
    for name, (_, message) in REFUSED.items():
        with pytest.raises(SystemExit, match=f"no translation for {message}"):
            android_shell.assemble(tmp_path, [tmp_path / "classes" / f"{name}.class"])


def test_android_has_every_member_that_the_code_names(dex: Any) -> None:
    named = set(android_api.members(dex))
    assert len(named) > 120
    assert ("Landroid/webkit/WebView;", "loadUrl", ("Ljava/lang/String;",)) in named
    assert sorted(member for member in named if not android_api.exists(member)) == []
    assert not android_api.exists(("Landroid/webkit/WebView;", "loadUrl", ("I",)))
    assert not android_api.exists(("Landroid/webkit/WebView;", "loadAddress", ("Ljava/lang/String;",)))


def test_android_calls_what_the_code_overrides(dex: Any) -> None:
    """A name that is misspelt would compile against the fakes and never be called."""
    own = {
        "<init>",
        "openPage",
        "configure",
        "closePage",
        "notice",
        "pageGone",
        "showFullScreen",
        "endFullScreen",
        "open",
        "show",
    }
    own |= {
        "leaveFullScreen",
        "isCameraAlone",
        "create",
        "forPhoto",
        "uri",
        "deleteAll",
        "safeName",
        "file",
        "<clinit>",
    }
    wrong = [
        member
        for member in android_api.overrides(dex)
        if not member[1].startswith("access$") and member[1] not in own and not android_api.exists(member)
    ]
    assert [member for member in wrong if member[1] != "delete" or len(member[2] or ()) != 1] == []


def test_the_code_refers_to_no_network_and_no_other_code(dex: Any) -> None:
    names = {str(name) for name in dex.get_strings()}
    assert "Landroid/webkit/WebView;" in names
    assert [name for name in names if name.startswith(FORBIDDEN)] == []
    ours = ("https://appassets.androidplatform.net", "content://org.emoar.app.files/")
    assert [name for name in names if "://" in name and name != "https://" and not name.startswith(ours)] == []


def test_the_page_may_call_the_bridge_alone(tmp_path: Path) -> None:
    """Android gives the page the methods with this mark, which the classes that are read back do not have."""
    with zipfile.ZipFile(SHELL) as archive:
        archive.extract("classes.dex", tmp_path)
    jars = ":".join(
        f"/usr/share/java/{name}.jar" for name in ("baksmali", "dexlib2", "smali-util", "guava", "jcommander")
    )
    options = ("disassemble", "-o", str(tmp_path), str(tmp_path / "classes.dex"))
    android_shell.run("java", "-cp", jars, "org.jf.baksmali.Main", *options)
    marked: dict[str, list[str]] = {}
    for path in tmp_path.rglob("*.smali"):
        methods = path.read_text("utf-8").split(".method ")[1:]
        found = [method for method in methods if ".annotation runtime Landroid/webkit/JavascriptInterface;" in method]
        if found:
            marked[path.stem] = sorted(re.findall(r"^public (\w+)\(", "\n".join(found), re.MULTILINE))
    assert marked == {"Bridge": ["begin", "cameraBlocked", "end", "live", "openSettings", "write"]}


def test_androguard_finds_one_permission_and_nothing_open(package: Path) -> None:
    from androguard.core.apk import APK

    found = APK(str(package))
    assert found.is_valid_APK()
    assert found.get_permissions() == ["android.permission.CAMERA"]
    assert found.get_activities() == ["org.emoar.app.MainActivity"]
    assert found.get_providers() == ["org.emoar.app.SharedFiles"]
    assert found.get_services() == found.get_receivers() == found.get_libraries() == []
    assert found.get_attribute_value("provider", "exported") == "false"
    assert found.get_attribute_value("application", "allowBackup") == "false"
    assert found.get_attribute_value("application", "debuggable") in (None, "false")
    assert not [name for name in found.get_files() if name.startswith("lib/")], "no native code"


def test_aapt_reads_the_package_as_a_phone_does(package: Path) -> None:
    if shutil.which("aapt") is None:
        pytest.skip("apt-get install aapt")
    text = android_shell.run("aapt", "dump", "badging", str(package))
    lines = text.splitlines()
    assert lines[0].startswith(f"package: name='org.emoar.app' versionCode='1000' versionName='{__version__}'")
    assert [line for line in lines if line.startswith("uses-permission")] == [
        "uses-permission: name='android.permission.CAMERA'"
    ]
    assert "sdkVersion:'26'" in lines
    assert "targetSdkVersion:'35'" in lines
    assert any(line.startswith("launchable-activity: name='org.emoar.app.MainActivity'") for line in lines)
    assert not [line for line in lines if line.startswith("uses-feature:")], "no phone is shut out"
    languages = {path.stem for path in android_resources.MESSAGES.glob("*.json")} - {"en"}
    locales = next(line for line in lines if line.startswith("locales:"))
    assert all(f"'{language}'" in locales for language in languages)


def test_the_build_needs_nothing_but_the_package(tmp_path: Path, small_app: Path) -> None:
    """Neither Java nor Debian's tools."""
    script = "import sys; from emoar.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", script, "android", "build", "-o", str(tmp_path / "e.apk"), "--web", str(small_app)]
    environment = {"PATH": "/nowhere", "HOME": str(tmp_path), "PYTHONPATH": str(android_shell.ROOT / "src")}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert verify_package(tmp_path / "e.apk").schemes == ("v2", "v3")
