"""Bad rows and images: named all together, or skipped on request."""

from __future__ import annotations

import pytest

from emoar.errors import DataError
from emoar.training.data.bad_items import LISTED, BadItems, printable


def gathered(*reasons: str, skip: bool) -> BadItems:
    items = BadItems("faces.csv", "rows", skip=skip)
    for reason in reasons:
        items.add(reason)
    return items


@pytest.mark.parametrize("skip", [False, True])
def test_nothing_bad_is_no_error(*, skip: bool) -> None:
    assert gathered(skip=skip).raise_or_skip(3) == ()


def test_bad_items_are_named_with_the_remedy() -> None:
    with pytest.raises(DataError) as caught:
        gathered("line 2: no label", "line 5: no\n  pixels", skip=False).raise_or_skip(9)
    assert str(caught.value) == (
        "faces.csv: 2 of 9 rows cannot be used: line 2: no label; line 5: no pixels: "
        "repair or remove them, or leave them out with --skip-bad"
    )


def test_bad_items_are_skipped_on_request() -> None:
    assert gathered("line 2: no label", skip=True).raise_or_skip(9) == ("line 2: no label",)


def test_only_bad_items_cannot_be_skipped() -> None:
    with pytest.raises(DataError, match="1 of 1 rows cannot be used: line 2: empty: give other data"):
        gathered("line 2: empty", skip=True).raise_or_skip(1)


def test_a_long_list_is_cut() -> None:
    with pytest.raises(DataError, match=f"line {LISTED - 1}; and 3 more: repair"):
        gathered(*(f"line {i}" for i in range(LISTED + 3)), skip=False).raise_or_skip(99)


def test_names_of_other_encodings_become_printable() -> None:
    assert printable(b"caf\xe9.png".decode("utf-8", "surrogateescape")) == "caf\ufffd.png"
    assert printable("caf\u00e9.png") == "caf\u00e9.png"
