"""The stages between a frame and its faces; each is one class with one verb, on top of pure functions."""
