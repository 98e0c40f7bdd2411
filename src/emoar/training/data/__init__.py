"""Labelled faces: reading, photo import, splitting, summary and writing."""
