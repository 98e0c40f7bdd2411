"""One display for all tests of windows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from display import Display, running_display


@pytest.fixture(scope="session")
def shared_display() -> Iterator[Display]:
    with running_display() as display:
        yield display


@pytest.fixture
def display(shared_display: Display, monkeypatch: pytest.MonkeyPatch) -> Display:
    """The display, where windows of this process open."""
    monkeypatch.setenv("DISPLAY", shared_display.name)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return shared_display
