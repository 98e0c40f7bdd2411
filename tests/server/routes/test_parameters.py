"""Query parameters that routes share."""

from __future__ import annotations

import pytest

from emoar.server.http.problems import Problem
from emoar.server.routes.parameters import check_max_faces, overlays_in
from emoar.server.settings import Settings


@pytest.mark.parametrize(
    ("text", "names"), [("", ()), ("label", ("label",)), ("label, box", ("label", "box")), (",box,", ("box",))]
)
def test_overlays(text: str, names: tuple[str, ...]) -> None:
    assert overlays_in(text) == names


def test_an_unknown_overlay_is_named() -> None:
    with pytest.raises(Problem) as caught:
        overlays_in("label,moustache")
    assert (caught.value.status, caught.value.kind) == (422, "unknown-overlay")
    assert "'moustache'" in caught.value.detail


def test_max_faces() -> None:
    check_max_faces(1, Settings(max_faces=5))
    check_max_faces(5, Settings(max_faces=5))
    for wrong in (0, 6):
        with pytest.raises(Problem) as caught:
            check_max_faces(wrong, Settings(max_faces=5))
        assert (caught.value.limit, caught.value.value) == ("max_faces", 5)
