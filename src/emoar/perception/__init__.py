"""The stages that find, track and classify the faces of a frame: one class for each stage, on top of pure functions."""
