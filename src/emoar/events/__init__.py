"""Events of faces, and the connections that carry them and scenes to other programs.

with emoar.Pipeline() as pipeline:
    outlet = emoar.events.open_sink("osc://127.0.0.1:9000")
    for frame in emoar.open_frames(0):
        outlet.send(pipeline(frame))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emoar.lazy import lazy_names

if TYPE_CHECKING:  # the same names for type checkers; a test compares both lists
    from emoar.events.detector import EventDetector as EventDetector
    from emoar.events.outlet import Outlet as Outlet
    from emoar.events.outlet import OutletCounts as OutletCounts
    from emoar.events.sinks import open_sink as open_sink
    from emoar.events.values import ExpressionChanged as ExpressionChanged
    from emoar.events.values import FaceAppeared as FaceAppeared
    from emoar.events.values import FaceGone as FaceGone
    from emoar.events.values import event_from_dict as event_from_dict
else:
    __all__, __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "detector": ("EventDetector",),
            "outlet": ("Outlet", "OutletCounts"),
            "sinks": ("open_sink",),
            "values": ("ExpressionChanged", "FaceAppeared", "FaceGone", "event_from_dict"),
        },
    )
