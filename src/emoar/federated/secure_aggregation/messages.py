"""The four questions of the server and their answers, as MessagePack."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import msgspec

from emoar.errors import InputError

__all__ = [
    "AskKeys",
    "AskMasked",
    "AskShares",
    "AskUnmasking",
    "Keys",
    "Masked",
    "Question",
    "Shares",
    "Unmasking",
    "from_bytes",
    "question_from_bytes",
    "to_bytes",
]

_T = TypeVar("_T")


class AskKeys(msgspec.Struct, frozen=True, tag="keys"):
    """Stage 1: a round begins."""

    round: str  # random; ties all that follows to this round


class Keys(msgspec.Struct, frozen=True):
    """Two public keys of X25519, made for this round."""

    mask: bytes  # of the masks between two clients
    seal: bytes  # of shares that the server passes on without reading them
    signer: bytes = b""  # the client's public key in OpenSSH's form, by which the server knows it; empty without one
    signature: bytes = b""  # by that key


class AskShares(msgspec.Struct, frozen=True, tag="shares"):
    """Stage 2: the keys of a client's group."""

    keys: dict[str, Keys]  # by client, with the asked one
    threshold: int  # shares that give a secret


class Shares(msgspec.Struct, frozen=True):
    """Shares of a client's two secrets, sealed for each other member of its group."""

    sealed: dict[str, bytes]
    seed_digest: bytes


class AskMasked(msgspec.Struct, frozen=True, tag="masked"):
    """Stage 3: the shares of the others; the weights of the round come beside it."""

    sealed: dict[str, bytes]  # by the client that they are of


class Masked(msgspec.Struct, frozen=True):
    """A masked update: numbers modulo 2**64, 8 bytes each, the lowest byte first."""

    vector: bytes


class AskUnmasking(msgspec.Struct, frozen=True, tag="unmasking"):
    """Stage 4: who of the group has sent a masked update, and who was lost before."""

    alive: list[str]
    lost: list[str]


class Unmasking(msgspec.Struct, frozen=True):
    """Shares: of the seeds of those who are alive, of the mask keys of those who were lost; never both of one."""

    seeds: dict[str, bytes]
    keys: dict[str, bytes]


Question = AskKeys | AskShares | AskMasked | AskUnmasking


def to_bytes(message: msgspec.Struct) -> bytes:
    """A message for the network."""
    return msgspec.msgpack.encode(message)


def question_from_bytes(content: bytes) -> Question:
    """The question that a message is.

    Raises:
        InputError: it is none.
    """
    kinds: Any = Question
    return cast("Question", from_bytes(content, kinds))


def from_bytes(content: bytes, kind: type[_T]) -> _T:
    """The inverse of `to_bytes`.

    Raises:
        InputError: it is no such message.
    """
    try:
        return msgspec.msgpack.decode(content, type=kind)
    except msgspec.MsgspecError as exc:
        raise InputError(f"a message of secure aggregation cannot be read ({exc})") from exc
