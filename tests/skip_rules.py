"""With FAIL_ON_SKIP=1, as in .ci/run, a test that skips fails, but for a reason that no installation removes."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest

UNAVOIDABLE = (
    "../shared/data",  # FER2013 is for research only and not in the repository
    "font",  # of a script that the system's packages lack
    "there is a GPU here",
    "coremltools is installed",
    "qi has no wheel for this Python",
    "no liblsl for this machine",  # in the wheels of pylsl: neither Arm nor an old glibc
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Of a test that skips itself or is marked."""
    return _checked((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Of a module that skips all of its tests, as `importorskip` does."""
    return _checked((yield))


def _checked(report: Any) -> Any:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if report.skipped and os.environ.get("FAIL_ON_SKIP") == "1" and not any(part in reason for part in UNAVOIDABLE):
        report.outcome, report.longrepr = "failed", f"skipped where nothing may be: {reason}"
    return report
