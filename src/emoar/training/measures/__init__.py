"""Trains `emoar-measures`: a small network that finds MediaPipe's blendshapes in the 468 landmarks of a face."""
