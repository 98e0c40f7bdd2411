"""What keeps a node from the server, read from the log of Flower's SuperNode, as one line that tells what to do."""

from __future__ import annotations

from typing import Final

__all__ = ["trouble"]

_CONNECTED: Final = ("SuperNode ID", "Received successfully", "Sent successfully")  # in lines of a node that works
# text in the log -> what it means; the first that is found counts
_MEANINGS: Final = (
    ("certificate has expired", "the certificate of the server has expired: ask whoever runs it for the new ca.crt"),
    ("not yet valid", "the certificate of the server is not valid yet: is the clock of this machine right?"),
    ("CERTIFICATE_VERIFY_FAILED", "the certificate of the server is not of this ca.crt, or is for another host name"),
    (
        "Failed to activate",
        "the server does not accept this key: give its .pub to whoever runs the server; each node needs a key of its "
        "own, and after a power cut the old connection ends within a minute",
    ),
    (
        "Invalid SuperNode authentication",
        "the server refuses the signature: it has just started, or the clock of this machine is wrong",
    ),
    ("401", "the server refuses the signature: it has just started, or the clock of this machine is wrong"),
    ("does not recognize", "the server was restarted"),
    ("onnection", "the server cannot be reached"),
    ("503", "the server cannot be reached"),
)


def trouble(log: str) -> str:
    """Why the node is not connected; empty where it is, or where nothing is known yet.

    Args:
        log: of the SuperNode; what comes before its last sign of a connection does not count.
    """
    after = max((log.rfind(sign) for sign in _CONNECTED), default=-1)
    recent = log[log.find("\n", after) + 1 :] if after >= 0 else log
    return next((meaning for text, meaning in _MEANINGS if text in recent), "")
