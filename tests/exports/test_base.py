"""Options that no format can use are refused before anything is written."""

from __future__ import annotations

import pytest

from emoar.errors import InputError
from emoar.exports.base import ExportOptions


@pytest.mark.parametrize(
    ("options", "message"),
    [({"subject": "p 1"}, "letters and digits"), ({"task": ""}, "letters and digits"), ({"rate_hz": 0}, "positive")],
)
def test_options_that_are_refused(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        ExportOptions(**options)
