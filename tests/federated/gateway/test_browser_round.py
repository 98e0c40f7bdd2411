"""A round as browsers get it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser_updates import browser_round

from emoar.errors import InputError
from emoar.federated.gateway.browser_round import close_round, open_round, read_round


def test_a_round_is_read_as_it_was_opened(tmp_path: Path) -> None:
    assert read_round(tmp_path) is None
    opened = browser_round()
    open_round(tmp_path, opened)
    read = read_round(tmp_path)
    assert read is not None
    assert read.to_dict() == opened.to_dict()
    assert np.allclose(read.weights, opened.weights, rtol=1e-6)
    assert (tmp_path / "round.json").stat().st_mode & 0o777 == 0o600
    close_round(tmp_path)
    close_round(tmp_path)
    assert read_round(tmp_path) is None


def test_the_largest_norm_is_that_of_a_clipped_update_with_its_noise() -> None:
    opened = browser_round(noise=2.0)
    rng, rules = np.random.default_rng(0), opened.rules()
    shift = opened.clip_norm / np.sqrt(opened.size)
    updates = rng.normal(shift, opened.noise * opened.clip_norm, (200, opened.size)).astype(np.float32)
    for update in updates:
        rules.check({"weights": update[:-7].reshape(7, -1), "bias": update[-7:]}, 1)
    large = np.float32(3) * updates[0]
    with pytest.raises(InputError, match="norm"):
        rules.check({"weights": large[:-7].reshape(7, -1), "bias": large[-7:]}, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": np.zeros((6, 16), np.float32)}, "features"),
        ({"bias": np.zeros(6, np.float32)}, "features"),
        ({"noise": 0.0}, "above 0"),
        ({"clip_norm": float("inf")}, "above 0"),
        ({"weights": np.full((7, 16), np.nan, np.float32)}, "not finite"),
    ],
)
def test_what_is_no_round(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        browser_round(**changes)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"schema": "other"}'])
def test_a_damaged_file_is_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "round.json").write_text(content)
    with pytest.raises(InputError, match="damaged"):
        read_round(tmp_path)


def test_rows_that_differ_in_length(tmp_path: Path) -> None:
    document = browser_round().to_dict()
    document["weights"][3].pop()
    (tmp_path / "round.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match="differ in length"):
        read_round(tmp_path)
