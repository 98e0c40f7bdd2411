"""A skipped test fails where nothing may be skipped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = {
    "test": "import pytest\ndef test_it() -> None:\n    pytest.skip('a library is missing')\n",
    "mark": "import pytest\n@pytest.mark.skip(reason='a library is missing')\ndef test_it() -> None: ...\n",
    "module": "import pytest\npytest.importorskip('no_such_library')\ndef test_it() -> None: ...\n",
    "unavoidable": "import pytest\ndef test_it() -> None:\n    pytest.skip('needs x in ../shared/data')\n",
}


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize("fail_on_skip", ["", "1"])
def test_skips_fail_only_where_asked(name: str, fail_on_skip: str, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS[name])
    variables = {**os.environ, "FAIL_ON_SKIP": fail_on_skip, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "skip_rules", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    failed = done.returncode not in (0, 5)  # 5: no test was run
    assert failed == (fail_on_skip == "1" and name != "unavoidable"), done.stdout
