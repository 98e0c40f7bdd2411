"""Limits that follow from the settings."""

from __future__ import annotations

import pytest

from emoar.errors import InputError
from emoar.server.settings import Settings, load_settings

SHARED = {"requests": 32, "uploads": 64, "connections": 512, "sockets": 16, "jobs": 8}


@pytest.mark.parametrize("name", SHARED)
def test_an_address_has_half_of_a_public_server(name: str) -> None:
    whole = SHARED[name]
    assert getattr(Settings(), f"{name}_per_address") == whole
    assert getattr(Settings(public=True, force=True), f"{name}_per_address") == whole // 2
    assert getattr(Settings(**{f"max_{name}_per_address": 3}), f"{name}_per_address") == 3  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SHARED)
def test_a_share_above_the_whole_is_a_fault(name: str) -> None:
    with pytest.raises(InputError, match=f"max_{name}_per_address must be at most max_{name}"):
        load_settings(environment={}, **{f"max_{name}_per_address": 10**6})


def test_rates_apply_when_public() -> None:
    public = Settings(public=True, force=True)
    assert (Settings().requests_per_s, Settings().megapixel_rate, Settings().frames_per_s) == (0, 0, 0)
    assert (public.requests_per_s, public.megapixel_rate, public.frames_per_s) == (20, 20, 120)
    assert public.megapixel_burst == 4 * 40  # several of the largest pictures at once


def test_a_picture_has_less_time_than_its_request() -> None:
    assert Settings().worker_s < Settings().request_s
    assert Settings(request_s=3).worker_s == 3
