"""Splits by ratio: even in each class, the same each time, groups together."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from training_faces import made_dataset

from emoar.errors import InputError
from emoar.training.data.split import divide, divide_data, parse_ratio


def test_splits_are_even_in_every_class_and_keep_groups() -> None:
    classes = ["a"] * 100 + ["b"] * 50
    groups = [f"{name}{i // 2}" for i, name in enumerate(classes)]
    split = divide(classes, groups, parse_ratio("80/10/10"))
    assert Counter(split[:100].tolist()) == {"Training": 80, "PublicTest": 10, "PrivateTest": 10}
    assert all(split[i] == split[i + 1] for i in range(0, 150, 2))
    np.testing.assert_array_equal(split, divide(classes, groups, parse_ratio("8/1/1")))


def test_copies_of_a_picture_stay_in_one_split() -> None:
    data = made_dataset(60)
    data.images[1::2] = data.images[0::2]
    split = divide_data(data, (0.5, 0.5, 0.0)).split
    np.testing.assert_array_equal(split[0::2], split[1::2])
    assert set(split.tolist()) == {"Training", "PublicTest"}


@pytest.mark.parametrize("text", ["", "80", "a/b", "0/50/50", "80/-1", "1/2/3/4", "nan/1"])
def test_bad_ratios(text: str) -> None:
    with pytest.raises(InputError, match="80/10/10"):
        parse_ratio(text)
