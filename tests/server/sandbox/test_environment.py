"""What child processes inherit."""

from __future__ import annotations

import pytest

from emoar.server.sandbox.environment import child_environment


def test_only_what_python_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EMOAR_API_KEY", "EMOAR_KEYS_FILE", "AWS_SECRET_ACCESS_KEY", "HOME", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert child_environment()["LANG"] == "C.UTF-8"
    assert "secret" not in child_environment().values()
