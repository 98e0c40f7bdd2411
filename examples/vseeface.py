"""Moves an avatar in VSeeFace, or in another program that receives the VMC protocol, with the first face in view.

In VSeeFace, switch on the receiver of the VMC protocol, port 39539. Untried with VSeeFace itself.

python examples/vseeface.py                              # camera 0, until Ctrl-C
python examples/vseeface.py clip.mp4 vmc://192.168.1.20:39539
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress

import emoar
from emoar.events import open_sink


def main(source: str = "0", address: str = "vmc://127.0.0.1:39539") -> None:
    """Sends the faces of `source` (a camera's index or a path) to `address`."""
    camera = source.isdecimal()
    outlet = open_sink(address)
    count, began_s = 0, time.monotonic()
    frames = emoar.open_frames(int(source) if camera else source)
    with emoar.Pipeline() as pipeline, frames, suppress(KeyboardInterrupt):
        for frame in frames:
            outlet.send(pipeline(frame))
            count += 1
            if not camera:  # at the speed of the film
                time.sleep(max(0.0, began_s + frame.time_s - time.monotonic()))
    outlet.close()  # the avatar comes to rest
    print(f"{count} frames sent to {address}")


if __name__ == "__main__":
    main(*sys.argv[1:])
