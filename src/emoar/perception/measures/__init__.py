"""Measures: how far brows, lids, jaw and lips have moved from rest, from the 468 landmarks of a face."""

from emoar.face_landmarks.lengths import LENGTHS, lengths
from emoar.perception.measures.measure import MeasureOptions, Measurer, MeasureState
from emoar.perception.measures.network import MeasureNetwork
from emoar.perception.measures.rest import RestOptions, relative

__all__ = [
    "LENGTHS",
    "MeasureNetwork",
    "MeasureOptions",
    "MeasureState",
    "Measurer",
    "RestOptions",
    "lengths",
    "relative",
]
