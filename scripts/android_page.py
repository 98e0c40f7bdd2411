"""Serves the page of an Android package as the app answers it: with the app's own code, read back out of the package.

python scripts/android_page.py EMOAR.apk     # prints a port: GET /?url=https://appassets.androidplatform.net/...

It ends when its input ends. Needs a JDK, and `enjarify` of Debian.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from android_shell import ANDROID, javac, run

__all__ = ["missing", "read_back"]


def missing() -> list[str]:
    """The Debian packages that it needs and that are not installed."""
    return [
        name
        for name, program in (("openjdk-17-jdk-headless", "javac"), ("enjarify", "enjarify"))
        if not shutil.which(program)
    ]


def read_back(dex: Path) -> Path:
    """The classes of a DEX file, as a JAR file beside it. Raises SystemExit where a class cannot be read back."""
    target = dex.with_suffix(".jar")
    # the program's script takes whichever Python comes first; the program itself is there for the system's
    result = run("/usr/bin/python3", "-O", "-m", "enjarify.main", "-f", "-o", str(target), str(dex))
    if " 0 classes had errors" not in result:
        raise SystemExit(result)
    return target


def main() -> None:
    """Serves until the input ends."""
    if needed := missing():
        sys.exit(f"apt-get install {' '.join(needed)}")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        with zipfile.ZipFile(sys.argv[1]) as package:
            package.extract("classes.dex", work)
        app = read_back(work / "classes.dex")
        javac(work / "fakes", sorted((ANDROID / "fakes").rglob("*.java")))
        server = ANDROID / "tests/org/emoar/app/PageServer.java"
        javac(work / "server", [server], "-cp", f"{app}:{work / 'fakes'}")
        class_path = os.pathsep.join(map(str, (work / "server", app, work / "fakes")))
        subprocess.run(["java", "-cp", class_path, "org.emoar.app.PageServer", sys.argv[1]], check=True)


if __name__ == "__main__":
    main()
