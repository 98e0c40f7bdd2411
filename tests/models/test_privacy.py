"""A statement of privacy is read as it was written; a wrong one is refused, and never read as none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emoar.errors import ModelMismatch
from emoar.models.metadata import info_from_dict
from emoar.models.privacy import Privacy, privacy_from_dict, privacy_to_dict

SPENT = Privacy("client", 7.934, 1e-5, "RDP, Poisson sampling")
GOOD = privacy_to_dict(SPENT)


def test_round_trip() -> None:
    assert privacy_from_dict(json.loads(json.dumps(GOOD))) == SPENT
    assert privacy_from_dict({**GOOD, "epsilon": 8}).epsilon == 8.0


def test_one_line_has_epsilon_delta_unit_and_accountant() -> None:
    assert SPENT.describe() == "epsilon 7.93 at delta 1e-05 for each client; accountant: RDP, Poisson sampling"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "face"}, "unit of privacy must be client or example"),
        ({"unit": None}, "texts unit and accountant"),
        ({"epsilon": 0}, "epsilon must be above 0"),
        ({"epsilon": float("inf")}, "epsilon must be above 0"),
        ({"epsilon": float("nan")}, "epsilon must be above 0"),
        ({"epsilon": "8"}, "numbers epsilon and delta"),
        ({"epsilon": True}, "numbers epsilon and delta"),
        ({"delta": 1}, "delta 0..1"),
        ({"delta": None}, "numbers epsilon and delta"),
        ({"accountant": ""}, "text of 1 to 200"),
        ({"accountant": "a\nb"}, "text of 1 to 200"),
    ],
)
def test_a_wrong_statement_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelMismatch, match=message):
        privacy_from_dict({**GOOD, **change})


@pytest.mark.parametrize("document", [None, [], "epsilon 8", {}])
def test_a_model_with_a_damaged_statement_is_refused(document: Any) -> None:
    with pytest.raises(ModelMismatch, match="does not describe a model: privacy must have"):
        info_from_dict({"format": 1, "heads": {"custom": ["a", "b"]}, "privacy": document}, "m.tflite")
