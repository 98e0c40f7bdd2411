"""What the image installs: locked by version and hash, and what the package asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
LOCKS = ("requirements.txt", "requirements-build.txt")
SAFE = {  # the first versions without known holes of what talks to strangers or opens their files
    "starlette": "0.49.1",
    "av": "16",
    "opencv-python-headless": "4.12",
    "python-multipart": "0.0.18",
    "ray": "2.54",
    "scikit-learn": "1.5",
    "jinja2": "3.1.6",
    "onnx": "1.19.1",
    "torch": "2.6",
    "pyarrow": "14.0.1",
}


def locked(name: str) -> dict[str, tuple[Version, int]]:
    """Version and number of hashes of each package."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "deploy" / name).read_text())
    found = {}
    for line in text.splitlines():
        if line and not line.startswith(("#", " ")):
            requirement, *hashes = line.split(" --hash=sha256:")
            parsed = Requirement(requirement)
            (specifier,) = parsed.specifier
            assert specifier.operator == "==", line
            found[canonicalize_name(parsed.name)] = (Version(specifier.version), len(hashes))
    return found


def asked(*extras: str) -> list[Requirement]:
    """What the package and its extras ask for, without the package itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found: list[Requirement] = []
    for text in [
        *project["dependencies"],
        *(each for extra in extras for each in project["optional-dependencies"][extra]),
    ]:
        requirement = Requirement(text)
        found += asked_of(requirement) if requirement.name == "emoar" else [requirement]
    return found


def asked_of(requirement: Requirement) -> list[Requirement]:
    return asked(*sorted(requirement.extras))


def test_every_package_has_hashes() -> None:
    for name in LOCKS:
        packages = locked(name)
        assert packages
        assert all(count >= 1 for _, count in packages.values())


def test_the_lock_has_what_the_image_needs() -> None:
    packages = locked("requirements.txt")
    for requirement in asked("server", "data"):
        version, _ = packages[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), requirement
    assert "hatchling" in locked("requirements-build.txt")


def test_the_lock_names_no_place() -> None:
    for name in LOCKS:
        text = (ROOT / "deploy" / name).read_text()
        assert "://" not in text
        assert "index-url" not in text


@pytest.mark.parametrize("name", SAFE)
def test_no_floor_is_below_a_known_hole(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    floors = [r for r in asked(*project["optional-dependencies"]) if canonicalize_name(r.name) == name]
    assert floors
    for requirement in floors:
        lowest = [Version(s.version) for s in requirement.specifier if s.operator == ">="]
        assert lowest[0] >= Version(SAFE[name])


def test_the_image_installs_nothing_without_a_hash() -> None:
    installs = re.findall(r"pip (?:install|wheel)[^&]*", DOCKERFILE.replace("\\\n", " "))
    assert installs
    for install in installs:
        assert "--require-hashes" in install or "--no-deps" in install, install
    assert all("PYTHON_IMAGE" in line for line in DOCKERFILE.splitlines() if line.startswith("FROM"))


def test_everything_that_is_copied_reaches_the_builder() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for sources in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE):
        for source in sources.split():
            assert source in allowed
            assert (ROOT / source).exists()
