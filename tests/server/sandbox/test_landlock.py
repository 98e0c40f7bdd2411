"""The file rules of the kernel."""

from __future__ import annotations

import pytest

from emoar.server.sandbox import landlock


@pytest.mark.parametrize(("version", "bits"), [(1, 13), (2, 14), (3, 15), (4, 15), (5, 16), (7, 16)])
def test_each_version_is_asked_for_the_rights_that_it_knows(version: int, bits: int) -> None:
    assert landlock._rights(version) == (1 << bits) - 1


def test_nothing_is_claimed_where_there_is_no_landlock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock.sys, "platform", "darwin")
    assert landlock.landlock_version() == 0
    assert landlock.close_files([], []) is False
