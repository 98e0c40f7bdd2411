"""Counters."""

from __future__ import annotations

from emoar.server.metrics import Metrics


def test_an_observed_picture() -> None:
    metrics = Metrics()
    metrics.observe(3, {"detect": 4.0})
    metrics.observe(0, {"detect": 20.0})
    text = metrics.text().decode()
    assert "emoar_pictures_total 2.0" in text
    assert "emoar_faces_total 3.0" in text
    assert 'emoar_stage_seconds_bucket{le="0.005",stage="detect"} 1.0' in text
    assert 'emoar_stage_seconds_sum{stage="detect"} 0.024' in text


def test_each_server_has_its_own() -> None:
    first, second = Metrics(), Metrics()
    first.crashes.inc()
    assert "emoar_worker_crashes_total 0.0" in second.text().decode()
