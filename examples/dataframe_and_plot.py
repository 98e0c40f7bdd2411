"""A clip as a table of pandas, and a plot of each person's smile over time.

pip install 'emoar[data]' matplotlib
python examples/dataframe_and_plot.py clip.mp4 happiness.png
"""

from __future__ import annotations

import sys

import matplotlib

import emoar

matplotlib.use("Agg")  # a file, no window
from matplotlib import pyplot


def main(source: str, target: str) -> None:
    """Prints a summary and writes the plot."""
    with emoar.Pipeline() as pipeline, emoar.open_frames(source) as frames:
        faces = emoar.to_dataframe(pipeline(frame) for frame in frames)  # one row a face and frame
    print(faces.groupby(["track_id", "label"])["confidence"].agg(["count", "mean"]).round(2).to_string())

    figure, axes = pyplot.subplots(figsize=(8, 3), layout="constrained")
    for track_id, rows in faces.groupby("track_id"):
        axes.plot(rows["time_s"], rows["ferplus_happiness"], label=f"face {track_id}")
    axes.set(xlabel="time (s)", ylabel="probability of happiness", ylim=(0, 1))
    axes.legend()
    figure.savefig(target, dpi=150)


if __name__ == "__main__":
    main(*sys.argv[1:])
