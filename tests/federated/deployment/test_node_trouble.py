"""Each reason why a node is not connected is one line that tells what to do."""

from __future__ import annotations

import pytest

from emoar.federated.deployment.node_trouble import trouble

CONNECTED = "INFO : Starting\nINFO : SuperNode ID: 7\n"


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired", "has expired"),
        (
            "SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid",
            "the clock of this machine",
        ),
        ("SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed", "not of this ca.crt"),
        ("Failed to initialize the connection to the SuperLink.\n[code: 2005] Failed to activate SuperNode.", "own"),
        ("HTTPStatusError: Client error '401 Unauthorized' for url", "the clock of this machine"),
        ("RuntimeError: Heartbeat failed. The SuperLink does not recognize this SuperNode.", "was restarted"),
        ("Connection attempt failed, retrying in 1.0 seconds", "cannot be reached"),
        (CONNECTED + "Connection attempt failed, retrying in 1.0 seconds", "cannot be reached"),
    ],
)
def test_a_reason_is_one_line(log: str, line: str) -> None:
    assert line in trouble(log)
    assert "\n" not in trouble(log)


@pytest.mark.parametrize("log", ["", "INFO : Starting", CONNECTED, "Connection attempt failed\n" + CONNECTED])
def test_a_connected_node_has_none(log: str) -> None:
    assert trouble(log) == ""
