"""The introduction of the API's description names what exists."""

from __future__ import annotations

import re

from emoar.overlay.names import OVERLAYS
from emoar.server.http.description import DESCRIPTION
from emoar.server.routes import events, expressions, live, videos


def test_its_addresses_exist() -> None:
    modules = (events, expressions, live, videos)
    routes = [route.path for module in modules for route in module.router.routes]  # type: ignore[attr-defined]
    patterns = [re.compile(re.sub(r"{\w+}", r"[\\w.]+", path)) for path in routes]
    addresses = re.findall(r"(/v1/[\w/]+)", DESCRIPTION)
    assert len(addresses) == 9
    assert all(any(pattern.fullmatch(address) for pattern in patterns) for address in addresses)


def test_its_overlays_exist() -> None:
    for names in re.findall(r"overlays=([\w,]+)", DESCRIPTION):
        assert set(names.split(",")) <= set(OVERLAYS)
