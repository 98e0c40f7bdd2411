"""Content policies."""

from __future__ import annotations

import pytest

from emoar.server.http.headers import API_POLICY, APP_POLICY, COMMON, DOCS_POLICY, PAGE_POLICY


@pytest.mark.parametrize("policy", [API_POLICY, APP_POLICY, DOCS_POLICY, PAGE_POLICY])
def test_nothing_comes_from_other_servers(policy: str) -> None:
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert {source for sources in rules.values() for source in sources.split()} <= {
        "'none'",
        "'self'",
        "data:",
        "blob:",
        "'unsafe-inline'",
        "'wasm-unsafe-eval'",
    }


def test_no_page_but_the_app_allows_inline_code() -> None:
    for policy in (API_POLICY, DOCS_POLICY, PAGE_POLICY):
        assert "unsafe" not in policy


def test_names_are_lower_case_and_unique() -> None:
    names = [name for name, _ in COMMON]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() for name in names)
