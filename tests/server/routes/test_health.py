"""Liveness, readiness and counters."""

from __future__ import annotations

import httpx
from server_process import URL


def test_health_and_metrics(http: httpx.Client, jpeg: bytes) -> None:
    assert http.get("/healthz").json() == {"status": "ok"}
    assert http.get("/readyz").json() == {"status": "ready"}
    http.post(URL, content=jpeg)
    text = http.get("/metrics").text
    assert 'emoar_requests_total{route="/v1/expressions",status="200"}' in text
    for name in ("emoar_stage_seconds", "emoar_faces_total", "emoar_dropped_frames_total", "emoar_pending_pictures"):
        assert name in text
