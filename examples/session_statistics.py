"""Statistics of a recording without a notebook: how a person's expressions change from their own rest.

python examples/session_statistics.py interview.emoar 0 3 happiness
"""

from __future__ import annotations

import sys

from emoar.analysis.dependence import block_bootstrap, effective_sample_size
from emoar.analysis.episodes import describe_label
from emoar.analysis.read import read_recording
from emoar.analysis.recording import face_series
from emoar.analysis.segments import segments_of
from emoar.analysis.series import on_grid


def main(path: str, rest_start_s: float, rest_end_s: float, label: str) -> None:
    """Prints a line for each face and segment."""
    recording = read_recording(path)  # .emoar, .jsonl, .parquet, or the browser's .json
    segments, notes = segments_of(recording.markers, recording.start_s, recording.end_s)
    for note in notes:
        print(f"note: {note}")
    for face in face_series(recording):
        rest = face.between(rest_start_s, rest_end_s)
        if not rest.usable.any():
            continue
        baseline = rest.baseline()
        for segment in segments:
            part = face.above(baseline).between(segment.start_s, segment.end_s)
            if not part.usable.any():
                continue
            changes = on_grid(part.times_s, part.of(label), step_s=0.1)  # evenly spaced
            mean, independent = block_bootstrap(changes), effective_sample_size(changes)
            shown = describe_label(face, label, segment.start_s, segment.end_s, baseline=baseline)
            print(
                f"{face.face}, {segment.name}: {label} {100 * mean.value:+.1f} points from rest "
                f"({100 * mean.low:+.1f} to {100 * mean.high:+.1f}, {independent:.0f} independent values), "
                f"peak {shown.peak:.0%} after {shown.peak_latency_s:.1f} s"
            )


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
