"""Both ends of a pair have one secret; shares give it and fewer do not; masks are those of ChaCha20."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.federated.secure_aggregation import secrets


def test_two_clients_agree_and_a_third_does_not() -> None:
    a, b, c = (secrets.new_key() for _ in range(3))
    ours = secrets.agree(a, secrets.public_key(b), "round 1")
    assert ours == secrets.agree(b, secrets.public_key(a), "round 1")
    assert (
        len({ours, secrets.agree(c, secrets.public_key(b), "round 1"), secrets.agree(a, secrets.public_key(b), "2")})
        == 3
    )
    for public in (b"short", bytes(32)):  # zeros: the point that gives everybody the same secret
        with pytest.raises(InputError, match="public key"):
            secrets.agree(a, public, "round 1")


def test_a_sealed_share_is_for_one_key_and_one_purpose() -> None:
    key = secrets.new_key()
    sealed = secrets.seal(key, b"share", "a b")
    assert secrets.open_sealed(key, sealed, "a b") == b"share"
    assert b"share" not in sealed
    for other_key, content, about in (
        (secrets.new_key(), sealed, "a b"),
        (key, sealed, "b a"),
        (key, bytes([sealed[0] ^ 1]) + sealed[1:], "a b"),
        (key, b"", "a b"),
    ):
        with pytest.raises(InputError, match="changed on its way"):
            secrets.open_sealed(other_key, content, about)


def test_any_threshold_of_shares_gives_the_secret_and_fewer_do_not() -> None:
    secret, names = bytes(range(32)), ["a", "b", "c", "d", "e"]
    shares = secrets.split(secret, 3, names)
    for chosen in itertools.combinations(names, 3):
        assert secrets.combine([shares[name] for name in chosen], 3) == secret
    assert secrets.combine(list(shares.values()), 3) == secret
    with pytest.raises(InputError, match="2 shares of a secret, 3 are needed"):
        secrets.combine([shares["a"], shares["b"], shares["b"], b"damaged"], 3)
    assert secrets.split(secret, 3, names)["a"] != shares["a"]


def test_shares_of_different_secrets_give_neither() -> None:
    one, two = (secrets.split(bytes([number]) * 32, 2, ["a", "b"]) for number in (1, 2))
    with pytest.raises(InputError, match="not of one secret"):
        secrets.combine([one["a"], two["b"]], 2)


def test_a_mask_is_the_key_stream_of_chacha20() -> None:
    # RFC 8439, appendix A.1, first vector: key, nonce and counter are zero
    first = bytes.fromhex("76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7")
    assert secrets.mask(bytes(32), 4).astype("<u8").tobytes() == first
    long = secrets.mask(secrets.new_key(), 200_000)
    assert np.unique(long).size == long.size
    assert long.astype(np.float64).mean() / 2**64 == pytest.approx(0.5, abs=0.005)


def test_a_digest_tells_secrets_apart() -> None:
    assert secrets.digest(bytes(32)) == secrets.digest(bytes(32)) != secrets.digest(b"1" * 32)
