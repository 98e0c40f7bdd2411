"""Landmarks, re-aligned crops and model inputs of labelled faces."""
