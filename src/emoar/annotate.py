"""The main loop: runs the frames of a source through the pipeline, and writes scenes and drawn pictures to sinks."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emoar.errors import EmoarError
from emoar.media.base import Sink, Source
from emoar.media.drawn import DrawnSink
from emoar.media.threads import BackgroundSink, prefetch
from emoar.types import Frame, Scene

__all__ = ["Outcome", "annotate"]


@dataclass(frozen=True)
class Outcome:
    """The result of `annotate`."""

    frame_count: int
    track_ids: frozenset[int]  # of the faces that were seen
    elapsed_s: float
    interrupted: bool  # by Ctrl-C
    problem: str | None  # why the source ended early
    kept: tuple[str, ...]  # what is on disk, such as "out.mp4 (120 frames)"
    removed: int  # number of outputs that were started and not kept

    @property
    def frames_per_s(self) -> float:
        """Mean speed of the run; 0 where no time has passed."""
        return self.frame_count / self.elapsed_s if self.elapsed_s > 0 else 0.0


def annotate(
    source: Source | Iterable[Frame],
    pipeline: Callable[[Frame], Scene],
    sinks: Sequence[Sink],
    *,
    draw: Callable[[Scene], NDArray[np.uint8]] | None = None,
    on_scene: Callable[[Scene], None] | None = None,
    until_s: float | None = None,
    enough: Callable[[], bool] = lambda: False,
    background: bool = True,
    draw_here: bool = False,
) -> Outcome:
    """Runs every frame of `source` through `pipeline` into `sinks`, and closes the sinks.

    Ctrl-C ends the loop; the outputs are finished as if the source had ended there.

    Args:
        source: frames, in the order of their times.
        pipeline: computes the scene of a frame.
        sinks: always closed, also after an error.
        draw: draws the (H, W, 3) RGB picture for the sinks that need one; None: they write the frame itself.
        on_scene: called after each scene, for progress.
        until_s: time of the source, in seconds, at which the loop ends; None: at the end of the source.
        enough: asked after each scene; True ends the loop there, as `until_s` does.
        background: whether threads read, draw and write in parallel with the pipeline; too costly for a single picture.
        draw_here: whether `draw` runs in the calling thread nevertheless, as that of a window must.

    Raises:
        EmoarError: that of the source, the pipeline or a sink; the message lists the outputs that were kept.
    """
    outlets: list[Sink] = [BackgroundSink(sink) for sink in sinks] if background else list(sinks)
    drawn: Sink = DrawnSink(outlets, draw)
    if background and not draw_here and drawn.needs_picture:
        drawn = BackgroundSink(drawn, depth=2)
    ahead = background and not getattr(source, "live", False)
    frames = closing(prefetch(source)) if ahead else nullcontext(source)
    seen: set[int] = set()
    began, count, interrupted = time.perf_counter(), 0, False
    error: EmoarError | None = None
    begun = cut = finished = False  # a scene went to the sinks; the loop was ended; no error
    try:
        with frames as each:
            for frame in each:
                if until_s is not None and frame.time_s >= until_s:
                    cut = True
                    break
                scene = pipeline(frame)
                begun = True
                drawn.write(scene, None)
                seen.update(face.track_id for face in scene.faces)
                count += 1
                if on_scene is not None:
                    on_scene(scene)
                if enough():
                    cut = True
                    break
        finished = True
    except KeyboardInterrupt:
        interrupted = True
    except EmoarError as exc:
        error = exc
    finally:
        kept, late = _close([drawn, *outlets], complete=finished and not cut)
    _raise_first(error, late, kept, begun=bool(sinks) and begun)
    problem = getattr(source, "problem", None)
    elapsed = time.perf_counter() - began
    return Outcome(count, frozenset(seen), elapsed, interrupted, problem, kept, len(sinks) - len(kept))


def _close(sinks: Sequence[Sink], *, complete: bool) -> tuple[tuple[str, ...], BaseException | None]:
    """Closes every sink, also after one has failed; returns what is on disk, and the first error."""
    kept: list[str] = []
    error: BaseException | None = None
    with _uninterrupted():
        for sink in sinks:
            try:
                result = sink.close(complete=complete)
            except BaseException as exc:
                error = error or exc
            else:
                kept += [result] if result else []
    return tuple(kept), error


def _raise_first(error: EmoarError | None, late: BaseException | None, kept: tuple[str, ...], *, begun: bool) -> None:
    """Raises the first error, if any; its message lists the kept outputs where a scene was written."""
    first = error or late
    if first is None:
        return
    if not isinstance(first, EmoarError) or not begun:
        raise first
    what = f"kept {', '.join(kept)}" if kept else "nothing was kept"
    raise type(first)(f"{first}; {what}") from first


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Ignores Ctrl-C in the main thread: a second one must not interrupt the closing of the files after the first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
