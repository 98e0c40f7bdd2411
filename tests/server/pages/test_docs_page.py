"""The files of the API's interactive description."""

from __future__ import annotations

import subprocess
import sys

import pytest

from emoar.server.pages.docs_page import PAGE, SWAGGER_FILES, swagger_file


@pytest.mark.parametrize("name", SWAGGER_FILES)
def test_the_files_are_installed(name: str) -> None:
    assert swagger_file(name).stat().st_size > 100_000
    assert f"/docs/{name}" in PAGE


def test_the_package_of_the_files_is_not_imported() -> None:
    program = (
        "import emoar.server.pages.docs_page as d, sys; d.swagger_file('a'); print('fastapi_offline' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
