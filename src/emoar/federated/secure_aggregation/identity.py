"""Whose keys those of a round are: clients sign theirs, and who knows the others' public keys checks them.

Without it, a server could invent clients, and see the sum of the few real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from emoar.errors import DependencyMissing, InputError
from emoar.federated.secure_aggregation.messages import Keys

__all__ = ["Identity"]

_PURPOSE: Final = "emoar secure aggregation, keys of a round"  # nothing else that this key signs begins so


class Identity:
    """A client's key pair, and the clients that it takes part with.

    Args:
        key: file of the private key that the server knows the node by.
        nodes: folder of the public keys (.pub) of the nodes that may be in a sum with this one; None is all nodes.

    Raises:
        InputError: a key cannot be read, or the folder has none.
    """

    def __init__(self, key: Path, nodes: Path | None = None) -> None:
        ec, hashes, serialization = _cryptography()
        self._algorithm = ec.ECDSA(hashes.SHA256())
        self._key = _loaded(key, partial(serialization.load_ssh_private_key, password=None), ec)
        form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
        self._public = bytes(self._key.public_key().public_bytes(*form))
        self._trusted: dict[bytes, Any] | None = None
        if nodes is not None:
            files = sorted(nodes.glob("*.pub"))
            if not files:
                raise InputError(f"{nodes} has no public keys: put the .pub file of each trusted node into it")
            loaded = (_loaded(path, serialization.load_ssh_public_key, ec) for path in files)
            self._trusted = {bytes(public.public_bytes(*form)): public for public in loaded}

    def signed(self, round_id: str, name: str, keys: Keys) -> Keys:
        """The keys of this client in a round with its signature."""
        signature = self._key.sign(_content(round_id, name, keys), self._algorithm)
        return msgspec.structs.replace(keys, signer=self._public, signature=bytes(signature))

    def check(self, round_id: str, keys: Mapping[str, Keys]) -> None:
        """Checks that the keys of a group are of as many clients that this one trusts.

        Raises:
            InputError: keys of a client are not signed by a trusted one, or two clients are the same one.
        """
        if self._trusted is None:
            return
        from cryptography.exceptions import InvalidSignature

        if len({each.signer for each in keys.values()}) < len(keys):
            raise InputError("the server names one node twice in secure aggregation: nothing is sent")
        for name, each in keys.items():
            public = self._key.public_key() if each.signer == self._public else self._trusted.get(each.signer)
            try:
                if public is None:
                    raise InvalidSignature
                public.verify(each.signature, _content(round_id, name, each), self._algorithm)
            except InvalidSignature:
                raise InputError(
                    f"node {name} in secure aggregation has none of the keys in --nodes: nothing is sent; ask whoever "
                    "runs the server which node is new"
                ) from None


def _content(round_id: str, name: str, keys: Keys) -> bytes:
    return msgspec.msgpack.encode([_PURPOSE, round_id, name, keys.mask, keys.seal])


def _loaded(path: Path, load: Any, ec: Any) -> Any:
    try:
        key = load(path.read_bytes())
    except OSError as exc:
        raise InputError(f"{path} cannot be read ({exc.strerror}): make it with emoar federated keys node") from exc
    except Exception as exc:  # cryptography raises many classes of errors for what is no key, or has a password
        raise InputError(f"{path} is no key of emoar federated keys node") from exc
    if not isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey):
        raise InputError(f"{path} is no key of emoar federated keys node: it must be ECDSA")
    return key


def _cryptography() -> tuple[Any, Any, Any]:
    try:
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as exc:
        raise DependencyMissing("secure aggregation needs cryptography: pip install 'emoar[federated]'") from exc
    return ec, hashes, serialization
