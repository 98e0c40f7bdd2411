"""Checks of labelled faces; training can exclude or relabel the faces of the findings. No data is deleted."""
