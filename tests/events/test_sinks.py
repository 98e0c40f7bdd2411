"""Connections by their addresses."""

from __future__ import annotations

from importlib import import_module

import pytest

from emoar.errors import InputError
from emoar.events.sinks import SINKS, open_sink


def test_every_entry_has_an_implementation() -> None:
    for spec in SINKS:
        module, name = spec.implementation.split(":")
        assert callable(getattr(import_module(module), name))
    schemes = [scheme for spec in SINKS for scheme in spec.schemes]
    assert len(set(schemes)) == len(schemes)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("gopher://host:70", "gopher: is no way out of EmoAR: it has jsonl, http"),
        ("osc", "is no address"),
        ("osc://anna@host:9000", "osc: has no user names: write osc://host:9000"),
        ("osc://host:9000?secret-file=a", "secret-file is no option of it"),
    ],
)
def test_addresses_that_lead_nowhere(url: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        open_sink(url)
