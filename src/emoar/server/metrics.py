"""Metrics for Prometheus. They contain counts and names of routes, never an address, an API key or a result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from emoar.events.outlet import OutletCounts

__all__ = ["Metrics"]

_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The metrics of one server, in their own registry."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "emoar_requests", "Requests, by route and status.", ("route", "status"), registry=registry
        )
        self.latency = Histogram(
            "emoar_request_seconds",
            "From the first byte to the response.",
            ("route",),
            buckets=_BUCKETS_S,
            registry=registry,
        )
        self.stages = Histogram(
            "emoar_stage_seconds", "Time of a picture in each stage.", ("stage",), buckets=_BUCKETS_S, registry=registry
        )
        self.faces = Counter("emoar_faces", "Detected faces.", registry=registry)
        self.pictures = Counter("emoar_pictures", "Processed pictures and frames.", registry=registry)
        self.dropped = Counter("emoar_dropped_frames", "Live frames replaced by a newer one.", registry=registry)
        self.refused = Counter("emoar_refused", "Requests over a limit, by the limit.", ("limit",), registry=registry)
        self.crashes = Counter("emoar_worker_crashes", "Workers that ended and were replaced.", registry=registry)
        self.queue = Gauge("emoar_pending_pictures", "Pictures at a worker or waiting for one.", registry=registry)
        self.sockets = Gauge("emoar_live_sockets", "Open live sockets.", registry=registry)
        self.event_sockets = Gauge("emoar_event_sockets", "Open sockets of events.", ("role",), registry=registry)
        self.sent_events = Counter("emoar_sent_events", "Events and scenes sent to subscribers.", registry=registry)
        self.dropped_events = Counter(
            "emoar_dropped_events", "Scenes and obsolete events that slow subscribers missed.", registry=registry
        )
        self.jobs = Gauge("emoar_video_jobs", "Video jobs, by state.", ("state",), registry=registry)

    def observe(self, faces: int, timings_ms: Mapping[str, float]) -> None:
        """Counts one processed picture with its number of faces and its times in milliseconds, by stage."""
        self.pictures.inc()
        self.faces.inc(faces)
        for stage, ms in timings_ms.items():
            self.stages.labels(stage).observe(ms / 1e3)

    def watch_outlets(self, counts: Callable[[], Mapping[str, OutletCounts]]) -> None:
        """Adds what became of messages to other programs, by the kind of connection."""
        self._registry.register(_OutletCollector(counts))

    def text(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self._registry)


class _OutletCollector(Collector):
    def __init__(self, counts: Callable[[], Mapping[str, OutletCounts]]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        sent = CounterMetricFamily("emoar_sink_sent", "Messages sent to other programs.", labels=("sink",))
        dropped = CounterMetricFamily("emoar_sink_dropped", "Messages that were too many for them.", labels=("sink",))
        losses = CounterMetricFamily("emoar_sink_losses", "Losses of the connection.", labels=("sink",))
        connected = GaugeMetricFamily("emoar_sink_connected", "Whether it is connected.", labels=("sink",))
        for name, counts in self._counts().items():
            sent.add_metric((name,), counts.sent)
            dropped.add_metric((name,), counts.dropped)
            losses.add_metric((name,), counts.losses)
            connected.add_metric((name,), counts.connected)
        yield from (sent, dropped, losses, connected)
