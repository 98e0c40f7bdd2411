"""The settings of a gateway."""

from __future__ import annotations

from pathlib import Path

import pytest

from emoar.errors import InputError
from emoar.federated.deployment.browser_settings import BrowserSettings

SETTINGS = BrowserSettings("gateway", "f1", "emoar-s", "ab" * 32, "fer2013", ("a", "b"), 0.5, 1.4, 20)


def test_settings_are_read_as_written(tmp_path: Path) -> None:
    SETTINGS.write(tmp_path / "browsers.json")
    assert BrowserSettings.read(tmp_path / "browsers.json") == SETTINGS
    assert (tmp_path / "browsers.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "[]", '{"folder": 1}'])
def test_a_damaged_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "browsers.json").write_text(content)
    with pytest.raises(InputError, match=r"browsers\.json"):
        BrowserSettings.read(tmp_path / "browsers.json")
