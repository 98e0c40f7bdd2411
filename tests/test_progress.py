from __future__ import annotations

from emoar.progress import NO_LOG, NO_PROGRESS, renamed


def test_nothing_happens_where_nobody_watches() -> None:
    NO_PROGRESS("reading", 1, 2)
    NO_LOG("a line")


def test_a_function_for_several_purposes_gets_the_name_of_the_purpose() -> None:
    calls: list[tuple[str, int, int]] = []
    renamed(lambda *call: calls.append(call), "mirror images")("classifying", 3, 9)
    assert calls == [("mirror images", 3, 9)]
