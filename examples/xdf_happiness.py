"""Reads a recording of LabRecorder: the mean probability of happiness in the second after each stimulus.

python examples/xdf_happiness.py recording.xdf           # needs pyxdf: pip install pyxdf
"""

from __future__ import annotations

import sys

import numpy as np
import pyxdf


def main(path: str) -> None:
    """Prints a line for each marker of other programs."""
    streams, _ = pyxdf.load_xdf(path)
    of_type = {"FacialExpression": [], "Markers": []}
    for stream in streams:
        of_type.get(stream["info"]["type"][0], []).append(stream)
    (face,) = [s for s in of_type["FacialExpression"] if s["info"]["source_id"][0].endswith("-slot1")]
    description = face["info"]["desc"][0]
    labels = [channel["label"][0] for channel in description["channels"][0]["channel"]]
    offset_s = float(description["synchronization"][0]["offset_mean"][0])  # the camera's own delay
    time_s = face["time_stamps"] - offset_s
    happiness = face["time_series"][:, labels.index("raw_ferplus_happiness")]  # unsmoothed: right for statistics
    usable = face["time_series"][:, labels.index("usable")] == 1
    for stream in of_type["Markers"]:
        if stream["info"]["source_id"][0].startswith("emoar-"):
            continue
        for shown_s, (text,) in zip(stream["time_stamps"], stream["time_series"], strict=True):
            after = usable & (time_s >= shown_s) & (time_s < shown_s + 1) & ~np.isnan(happiness)
            mean = f"{happiness[after].mean():.0%} happy" if after.any() else "not seen"
            print(f"{text}: {mean}, {after.sum()} frames")


if __name__ == "__main__":
    main(sys.argv[1])
