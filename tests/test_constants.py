"""The numbers, labels and colours that the browser's tests compare with are those of the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from script_loader import load_script

from emoar.labels import FERPLUS
from emoar.perception.one_euro import OneEuroOptions
from emoar.perception.track import MAX_GAP_S

STORED = json.loads((Path(__file__).parent / "golden" / "constants.json").read_text())


@pytest.fixture(scope="module")
def constants() -> dict[str, Any]:
    return load_script("write_golden").constants()


@pytest.mark.parametrize("section", ["perception", "overlay", "labels", "colours"])
def test_file_has_the_values_of_the_code(section: str, constants: dict[str, Any]) -> None:
    assert STORED[section] == constants[section], "write it anew: python scripts/write_golden.py"


def test_constants_are_found_by_module_and_name(constants: dict[str, Any]) -> None:
    perception = constants["perception"]
    assert perception["track"]["MAX_GAP_S"] == MAX_GAP_S
    assert perception["one_euro"]["OneEuroOptions.beta"] == OneEuroOptions().beta
    assert perception["face_landmarks"]["ALIGNMENT_POINTS"][3] == [61]
    assert sum(map(len, perception.values())) >= 37
    assert constants["labels"]["ferplus"] == list(FERPLUS)
    assert constants["colours"]["happiness"] == "#f0c83c"
