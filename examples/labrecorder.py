"""Streams faces to Lab Streaming Layer, where LabRecorder records them beside EEG, eye trackers and stimuli.

Start it, press "Update" in LabRecorder, tick EmoAR and the other streams, and start the recording. Markers of a
stimulus program such as PsychoPy are printed with the time of the video.

python examples/labrecorder.py                           # camera 0, until Ctrl-C
python examples/labrecorder.py clip.mp4 lsl:room2
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress

import emoar
from emoar.events import open_sink
from emoar.events.lsl.marker_inlet import MarkerInlet


def main(source: str = "0", address: str = "lsl:") -> None:
    """Sends the faces of `source` (a camera's index or a path) to `address`."""
    camera = source.isdecimal()
    outlet = open_sink(address, model="emoar-m")
    began_s = time.monotonic()
    frames = emoar.open_frames(int(source) if camera else source)
    with emoar.Pipeline() as pipeline, frames, MarkerInlet() as stimuli, suppress(KeyboardInterrupt):
        for frame in frames:
            outlet.send(pipeline(frame))
            for marker in stimuli.read(frame):
                print(f"{marker.time_s:8.3f} s  {marker.text}", flush=True)
            if not camera:  # at the speed of the film
                time.sleep(max(0.0, began_s + frame.time_s - time.monotonic()))
    outlet.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
