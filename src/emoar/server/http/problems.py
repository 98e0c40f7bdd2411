"""Errors as RFC 9457 problem documents: the fault, the limit, the time until a retry. Never a path or a traceback."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

__all__ = ["MEDIA_TYPE", "Problem", "problem_response"]

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(eq=False)  # not frozen: Python attaches a traceback to it
class Problem(Exception):
    """An error response. `kind` is for programs, `detail` for people."""

    status: int
    kind: str  # such as "too-many-pixels"; part of the problem's type
    detail: str  # what was found and what to do next
    limit: str | None = None  # the setting that was exceeded, such as "max_pixels"
    value: float | None = None  # its value
    retry_after_s: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The problem document, without fields that are None."""
        document: dict[str, Any] = {
            "type": f"urn:emoar:problem:{self.kind}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.limit is not None:
            document |= {"limit": self.limit, "value": self.value}
        if self.retry_after_s is not None:
            document["retry_after_s"] = self.retry_after_s
        return document


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The response with the problem document; `headers` (lower-case names) are added."""
    extra = dict(headers or {})
    if problem.retry_after_s is not None:
        extra["retry-after"] = str(problem.retry_after_s)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        extra["www-authenticate"] = "Bearer"
    extra["cache-control"] = "no-store"
    return Response(json.dumps(problem.as_dict()), problem.status, extra, MEDIA_TYPE)
