"""Routes for operators: liveness, readiness and metrics."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from emoar.server.http.problems import Problem
from emoar.server.http.schemas import StateDocument, problem_responses
from emoar.server.state import state_of

__all__ = ["router"]

router: Final = APIRouter(tags=["operation"])


@router.get("/healthz", response_model=StateDocument, summary="Whether the process responds")
async def healthz() -> Response:
    """Always 200 while it does."""
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})


@router.get(
    "/readyz",
    response_model=StateDocument,
    summary="Whether requests can be sent here",
    responses=problem_responses({503: "No worker is ready, or the server is about to end."}),
)
async def readyz(request: Request) -> Response:
    """503 while no worker has its models, and once the server drains."""
    state = state_of(request)
    if state.draining or not state.pool.ready:
        detail = "the server is about to end" if state.draining else "no worker is ready yet"
        raise Problem(503, "not-ready", detail, retry_after_s=1)
    return JSONResponse({"status": "ready"}, headers={"cache-control": "no-store"})


@router.get(
    "/metrics",
    summary="Counters for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Requests, latencies by route and by stage, faces, drops, the queue. No address, no API key, no result."""
    text = state_of(request).metrics.text()
    return Response(text, media_type="text/plain; version=0.0.4", headers={"cache-control": "no-store"})
