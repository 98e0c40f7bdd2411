"""Addresses of other programs."""

from __future__ import annotations

import pytest

from emoar.errors import InputError
from emoar.events.address import parse_address


def test_the_parts_of_an_address() -> None:
    found = parse_address("MQTT://user:secret@hall.example:1883/a/b?rate=10&retain=1")
    assert (found.scheme, found.host, found.port, found.path) == ("mqtt", "hall.example", 1883, "/a/b")
    assert (found.options, found.rate) == ({"retain": "1"}, 10.0)
    assert found.shown == "mqtt://hall.example:1883/a/b"
    assert found.option("retain", "0") == "1"
    assert found.option("qos", "0") == "0"


@pytest.mark.parametrize(("url", "path"), [("jsonl:-", "-"), ("jsonl:a%20b.jsonl?rate=0", "a b.jsonl"), ("lsl:", "")])
def test_an_address_without_a_host(url: str, path: str) -> None:
    found = parse_address(url)
    assert (found.host, found.port, found.path) == ("", None, path)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "is no address"),
        ("events.jsonl", "is no address"),
        ("osc://", "osc: has no host: write osc://host:port"),
        ("osc://:9000", "has no host"),
        ("osc://host:99999", "wrong"),
        ("osc://host:port", "wrong"),
        ("osc://[::1", "wrong"),
        ("osc://host:1?rate=fast", "rate must be scenes a second"),
        ("osc://host:1?rate=-1", "rate must be"),
        ("osc://host:1?rate=nan", "rate must be"),
        ("osc://host:1?rate=1&rate=2", "rate is given twice"),
    ],
)
def test_wrong_addresses(url: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_address(url)


def test_an_unknown_option_is_named_with_its_neighbour() -> None:
    with pytest.raises(InputError, match="retian is no option of it: did you mean retain"):
        parse_address("mqtt://host:1?retian=1").check_options("retain", "device")
    with pytest.raises(InputError, match="it has rate"):
        parse_address("osc://host:1?colour=1").check_options()


def test_secrets_do_not_show() -> None:
    assert "secret" not in parse_address("https://user:secret@host/hook?token=secret").shown
