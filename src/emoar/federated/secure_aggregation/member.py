"""The client's side of a round of secure aggregation. Its state is a few bytes: each stage may run in a new process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from emoar.errors import InputError
from emoar.federated.plan import LEAST_SECURE
from emoar.federated.secure_aggregation import secrets
from emoar.federated.secure_aggregation.fixed_point import Vector
from emoar.federated.secure_aggregation.identity import Identity
from emoar.federated.secure_aggregation.messages import (
    AskKeys,
    AskMasked,
    AskShares,
    AskUnmasking,
    Keys,
    Masked,
    Shares,
    Unmasking,
    from_bytes,
    question_from_bytes,
    to_bytes,
)

__all__ = ["NEIGHBOURS", "Member", "pair_mask"]

NEIGHBOURS: Final = 100  # of each client; with fewer clients, all others


class _State(msgspec.Struct):
    """What a client remembers within a round. It holds secrets: it never leaves the device, and is in no file."""

    expected: str = ""  # the stage that comes next
    round: str = ""
    own: Keys = Keys(b"", b"")
    mask_key: bytes = b""
    seal_key: bytes = b""
    seed: bytes = b""  # of the client's own mask
    keys: dict[str, Keys] = {}
    threshold: int = 0
    shares: dict[str, tuple[bytes, bytes]] = {}  # by whose they are: of the seed, of the mask key


class Member:
    """One client in one round after another.

    Args:
        name: of the client, as the server knows it.
        least: clients that the plan wants in a sum; its noise is that of so many.
        state: of the previous stage; empty at first.
        identity: signs the client's keys, and checks those of the others; None in a simulation.
    """

    def __init__(
        self, name: str, least: int = LEAST_SECURE, state: bytes = b"", identity: Identity | None = None
    ) -> None:
        self._identity = identity
        self._name, self._least = name, max(least, LEAST_SECURE)
        self._state = from_bytes(state, _State) if state else _State()

    @property
    def state(self) -> bytes:
        """What the next stage continues from."""
        return to_bytes(self._state)

    def answer(self, question: bytes, update: Callable[[], Vector]) -> bytes:
        """The answer to a question of the server.

        Args:
            question: a `messages.Question` as bytes.
            update: computes the encoded update; called in the third stage, when it is known to be masked.

        Raises:
            InputError: the question does not follow the one before, or would tell the server more than a sum.
        """
        asked = question_from_bytes(question)
        stage = str(asked.__struct_config__.tag)
        if stage != "keys" and stage != self._state.expected:
            raise InputError(f"the server asks for {stage} of secure aggregation, which does not come now")
        self._state.expected = ""  # whatever goes wrong, no stage is answered twice
        match asked:
            case AskKeys():
                return self._keys(asked)
            case AskShares():
                return self._shares(asked)
            case AskMasked():
                return self._masked(asked, update)
            case AskUnmasking():
                return self._unmasking(asked)

    def _keys(self, asked: AskKeys) -> bytes:
        mask_key, seal_key, seed = (secrets.new_key() for _ in range(3))
        own = Keys(secrets.public_key(mask_key), secrets.public_key(seal_key))
        own = self._identity.signed(asked.round, self._name, own) if self._identity else own
        self._state = _State("shares", asked.round, own, mask_key, seal_key, seed)
        return to_bytes(own)

    def _shares(self, asked: AskShares) -> bytes:
        state, group = self._state, sorted(asked.keys)
        public = {key for keys in asked.keys.values() for key in (keys.mask, keys.seal)}
        if asked.keys.get(self._name) != state.own or len(public) != 2 * len(group):
            raise InputError("the server exchanged keys of secure aggregation: nothing is sent")
        if self._identity:
            self._identity.check(state.round, asked.keys)
        self._check_group(len(group), asked.threshold)
        seed_shares = secrets.split(state.seed, asked.threshold, group)
        key_shares = secrets.split(state.mask_key, asked.threshold, group)
        sealed: dict[str, bytes] = {}
        for name in group:
            if name != self._name:
                key = secrets.agree(state.seal_key, asked.keys[name].seal, _about(state.round, self._name, name))
                both = seed_shares[name] + key_shares[name]
                sealed[name] = secrets.seal(key, both, _about(state.round, self._name, name))
        state.keys, state.threshold, state.expected = asked.keys, asked.threshold, "masked"
        state.shares = {self._name: (seed_shares[self._name], key_shares[self._name])}
        return to_bytes(Shares(sealed, secrets.digest(state.seed)))

    def _check_group(self, size: int, threshold: int) -> None:
        least = min(self._least, NEIGHBOURS + 1)
        if size < least or not max(size // 2 + 1, least) <= threshold <= size:
            raise InputError(
                f"secure aggregation of {size} clients of which {threshold} can unmask hides too little: {least} "
                f"clients and a majority are needed"
            )

    def _masked(self, asked: AskMasked, update: Callable[[], Vector]) -> bytes:
        state = self._state
        self._check_group(len(state.keys), state.threshold)  # the plan of this stage decides about the noise
        if len(asked.sealed) + 1 < state.threshold or not asked.sealed.keys() <= state.keys.keys() - {self._name}:
            raise InputError("too few clients are left for secure aggregation: nothing is sent")
        for name, sealed in asked.sealed.items():
            about = _about(state.round, name, self._name)
            both = secrets.open_sealed(secrets.agree(state.seal_key, state.keys[name].seal, about), sealed, about)
            state.shares[name] = (both[: len(both) // 2], both[len(both) // 2 :])
        vector = update()
        vector = vector + secrets.mask(state.seed, len(vector))
        for name in asked.sealed:
            vector += pair_mask(state.mask_key, state.keys[name].mask, state.round, self._name, name, len(vector))
        state.expected = "unmasking"
        return to_bytes(Masked(vector.astype("<u8").tobytes()))

    def _unmasking(self, asked: AskUnmasking) -> bytes:
        state, alive, lost = self._state, set(asked.alive), set(asked.lost)
        if alive & lost or not alive | lost <= state.shares.keys() or self._name not in alive:
            raise InputError("the server asks for both secrets of one client: nothing is sent")
        if len(alive) < state.threshold:
            raise InputError(f"only {len(alive)} clients are left: the sum would hide too little")
        return to_bytes(
            Unmasking(
                {name: state.shares[name][0] for name in sorted(alive)},
                {name: state.shares[name][1] for name in sorted(lost)},
            )
        )


def pair_mask(private: bytes, public: bytes, round_id: str, own: str, other: str, count: int) -> Vector:
    """(count,) what one client adds for another; what the other adds for it is the negative."""
    first, second = sorted((own, other))
    values = secrets.mask(secrets.agree(private, public, f"mask {_about(round_id, first, second)}"), count)
    return values if own == first else -values


def _about(round_id: str, source: str, target: str) -> str:
    return f"{round_id} {source} {target}"
