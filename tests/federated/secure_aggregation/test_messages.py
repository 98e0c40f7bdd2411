"""Messages survive the network; anything else is one line."""

from __future__ import annotations

import pytest

from emoar.errors import InputError
from emoar.federated.secure_aggregation.messages import (
    AskKeys,
    AskMasked,
    AskShares,
    AskUnmasking,
    Keys,
    Masked,
    Question,
    Shares,
    Unmasking,
    from_bytes,
    question_from_bytes,
    to_bytes,
)


@pytest.mark.parametrize(
    "question",
    [
        AskKeys("r"),
        AskShares({"1": Keys(b"a", b"b")}, 2),
        AskMasked({"1": b"c"}),
        AskUnmasking(["1", "2"], ["3"]),
    ],
)
def test_a_question_is_read_as_what_it_is(question: Question) -> None:
    assert question_from_bytes(to_bytes(question)) == question


@pytest.mark.parametrize(
    "answer", [Keys(b"a", b"b"), Shares({"1": b"c"}, b"d"), Masked(b"e"), Unmasking({"1": b"f"}, {})]
)
def test_an_answer_is_read_as_what_it_is(answer: Keys | Shares | Masked | Unmasking) -> None:
    assert from_bytes(to_bytes(answer), type(answer)) == answer


@pytest.mark.parametrize("content", [b"", b"\xff", b"\x80", to_bytes(Masked(b"e")), to_bytes(AskKeys("r"))])
def test_anything_else_cannot_be_read(content: bytes) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        from_bytes(content, Shares)
