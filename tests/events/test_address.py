"""Addresses of other programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from emoar.errors import InputError
from emoar.events.address import parse_address


def test_the_parts_of_an_address() -> None:
    found = parse_address("MQTT://anna@hall.example:1883/a/b?rate=10&retain=1")
    assert (found.scheme, found.host, found.port, found.path) == ("mqtt", "hall.example", 1883, "/a/b")
    assert (found.options, found.rate) == ({"retain": "1"}, 10.0)
    assert (found.shown, found.user) == ("mqtt://hall.example:1883/a/b", "anna")
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
        ("http://a..b/", "a host that is no name"),
        ("osc://host:99999", "wrong"),
        ("osc://host:port", "wrong"),
        ("osc://[::1", "wrong"),
        ("mqtt://anna:secret@host", "a password in an address shows .* name a file with .secret-file="),
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
    assert "secret" not in parse_address("https://host/hook?token=secret").shown
    with pytest.raises(InputError) as caught:
        parse_address("mqtt://anna:hunter2@host")
    assert "hunter2" not in str(caught.value)


def test_an_ipv6_address() -> None:
    found = parse_address("osc://[::1]:9000")
    assert (found.host, found.place, found.shown) == ("::1", "[::1]:9000", "osc://[::1]:9000")


def test_a_secret_is_in_a_file_or_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file\nmore\n")
    (tmp_path / "empty").write_text("\n")
    environment = {"EMOAR_KEY": "from the environment"}
    assert parse_address("mqtt://h").secret(environment, "EMOAR_KEY") == "from the environment"
    assert parse_address("mqtt://h").secret({}, "EMOAR_KEY") == ""
    address = f"mqtt://h?secret-file={tmp_path}/"
    assert parse_address(f"{address}key").secret(environment, "EMOAR_KEY") == "from the file"
    with pytest.raises(InputError, match=r"cannot read .*none"):
        parse_address(f"{address}none").secret({}, "EMOAR_KEY")
    with pytest.raises(InputError, match="is empty: its first line is the secret"):
        parse_address(f"{address}empty").secret({}, "EMOAR_KEY")
