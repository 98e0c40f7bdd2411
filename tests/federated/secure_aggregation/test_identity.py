"""A server cannot put clients into a round that a client does not know."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from emoar.errors import InputError
from emoar.federated.deployment.certificates import create_node_key
from emoar.federated.secure_aggregation import secrets
from emoar.federated.secure_aggregation.identity import Identity
from emoar.federated.secure_aggregation.member import Member
from emoar.federated.secure_aggregation.messages import AskKeys, AskShares, Keys, from_bytes, to_bytes

NAMES = ("1", "2", "3")


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The keys of three nodes and of a stranger; the folder `nodes` has the public ones of the three."""
    (tmp_path / "nodes").mkdir()
    for name in (*NAMES, "stranger"):
        public = create_node_key(tmp_path / name)
        if name in NAMES:
            (tmp_path / "nodes" / public.name).write_bytes(public.read_bytes())
    return tmp_path


def _fresh() -> Keys:
    return Keys(*(secrets.public_key(secrets.new_key()) for _ in range(2)))


def _signed(keys: Path, key: str, name: str, round_id: str = "r") -> Keys:
    return Identity(keys / key).signed(round_id, name, _fresh())


Change = Callable[[Path, dict[str, Keys]], Keys]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _keys, _given: _fresh(), "node 3 .* none of the keys in --nodes: nothing is sent"),  # as a simulation
        (lambda keys, _given: _signed(keys, "stranger", "3"), "node 3 .* none of the keys"),  # the server invents it
        (lambda keys, _given: _signed(keys, "3", "3", "an older round"), "node 3 .* none of the keys"),
        (lambda keys, _given: _signed(keys, "3", "9"), "node 3 .* none of the keys"),  # of another name
        (lambda _keys, given: msgspec.structs.replace(given["3"], mask=_fresh().mask), "node 3 .* none of the keys"),
        (lambda _keys, given: msgspec.structs.replace(given["3"], seal=_fresh().seal), "node 3 .* none of the keys"),
        (lambda _keys, given: msgspec.structs.replace(given["3"], signature=b"signed"), "node 3 .* none of the keys"),
        (lambda keys, _given: _signed(keys, "2", "3"), "names one node twice"),
    ],
)
def test_keys_of_nobody_known_are_refused(keys: Path, change: Change, reason: str) -> None:
    members = {name: Member(name, identity=Identity(keys / name, keys / "nodes")) for name in NAMES}
    given = {name: from_bytes(each.answer(to_bytes(AskKeys("r")), bytes), Keys) for name, each in members.items()}
    shares = members["2"].answer(to_bytes(AskShares(given, 3)), bytes)
    assert shares
    with pytest.raises(InputError, match=reason):
        members["1"].answer(to_bytes(AskShares({**given, "3": change(keys, given)}, 3)), bytes)


def test_without_a_folder_everyone_may_take_part(keys: Path) -> None:
    """But the keys are signed, since others may want to know whose they are."""
    identity = Identity(keys / "1")
    own = identity.signed("r", "1", _fresh())
    identity.check("r", {"1": own, "2": _fresh()})
    Identity(keys / "2", keys / "nodes").check("r", {"1": own, "2": _signed(keys, "2", "2")})


def test_the_own_key_needs_not_be_in_the_folder(keys: Path) -> None:
    identity = Identity(keys / "stranger", keys / "nodes")
    identity.check("r", {"0": identity.signed("r", "0", _fresh()), "1": _signed(keys, "1", "1")})


def test_faults_of_files(keys: Path) -> None:
    with pytest.raises(InputError, match=r"none cannot be read \(No such file or directory\): make it"):
        Identity(keys / "none")
    (keys / "text").write_text("no key")
    with pytest.raises(InputError, match=r"text is no key of emoar federated keys node$"):
        Identity(keys / "text")
    other = ed25519.Ed25519PrivateKey.generate()
    form = serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    (keys / "other").write_bytes(other.private_bytes(*form))
    with pytest.raises(InputError, match="must be ECDSA"):
        Identity(keys / "other")
    (keys / "nobody").mkdir()
    with pytest.raises(InputError, match=r"nobody has no public keys: put the \.pub file of each trusted node into it"):
        Identity(keys / "1", keys / "nobody")
    (keys / "nodes" / "bad.pub").write_text("ecdsa-sha2-nistp384 AAAA")
    with pytest.raises(InputError, match=r"bad\.pub is no key"):
        Identity(keys / "1", keys / "nodes")
