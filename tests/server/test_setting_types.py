"""Lists in settings: each entry is checked when the server starts."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from emoar.server.setting_types import Hosts, Origins, Proxies, Rate, Seconds, listed, networks_in

GOOD = [
    (Origins, "https://a.example, http://127.0.0.1:8000/,http://[::1]:5173"),
    (Hosts, "emoar.example.org, a, 192.0.2.1, [::1], ::1, my_pod.svc"),
    (Proxies, "10.0.0.0/8, 192.0.2.1, 2001:db8::/32"),
    (Rate, 0),
    (Rate, -1),
    (Seconds, 0.05),
]
BAD = [
    *((Origins, text) for text in ("null", "*", "a.example", "https://*.example", "https://a.example/b", "file://")),
    *(
        (Origins, text)
        for text in ("http://[", "http://a:99999", "http://a:x", "https://u@a.example", "ws://a.example")
    ),
    *((Hosts, text) for text in ("*", "*.example", "a.example:8000", "https://a.example", "a/b", "a b", "[")),
    *((Proxies, text) for text in ("*", "10.0.0.1/8", "proxy", "0.0.0.0/0", "::/0", "10.0.0.0/99", "1.2.3")),
    *((Rate, number) for number in (-0.5, -2, float("nan"), float("inf"), 1e300)),
    *((Seconds, number) for number in (0, -1, float("nan"), float("inf"), 1e300)),
]


@pytest.mark.parametrize(("kind", "value"), GOOD)
def test_good_values(kind: object, value: object) -> None:
    assert TypeAdapter(kind).validate_python(value) == value


@pytest.mark.parametrize(("kind", "value"), BAD)
def test_bad_values(kind: object, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


def test_lists_and_networks() -> None:
    assert listed(" a ,,b, ") == ("a", "b")
    assert [str(network) for network in networks_in("10.0.0.0/8")] == ["10.0.0.0/8", "::ffff:a00:0/104"]
    assert networks_in("") == ()
