"""For each person in a clip: how long they were seen, and how long with which expression.

python examples/several_faces.py clip.mp4
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

import emoar


def main(source: str) -> None:
    """Prints one line a person."""
    seconds: dict[int, Counter[str]] = defaultdict(Counter)
    skipped: dict[int, Counter[str]] = defaultdict(Counter)
    options = emoar.PipelineOptions(max_faces=6, label_set="ferplus")
    before_s = 0.0
    with emoar.Pipeline(options) as pipeline, emoar.open_frames(source) as frames:
        for frame in frames:
            for face in pipeline(frame).faces:
                if face.quality.usable:
                    seconds[face.track_id][face.expression.label] += frame.time_s - before_s
                else:
                    skipped[face.track_id].update(face.quality.reasons)  # such as "too small", "turned away"
            before_s = frame.time_s
    for track_id in sorted(seconds.keys() | skipped.keys()):
        shown = ", ".join(f"{label} {time_s:.1f} s" for label, time_s in seconds[track_id].most_common())
        reasons = ", ".join(f"{reason} ({count} frames)" for reason, count in skipped[track_id].most_common())
        print(f"face {track_id}: {shown or 'not usable'}" + (f"; skipped: {reasons}" if reasons else ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
