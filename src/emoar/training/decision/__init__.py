"""Fits the rules of `emoar.models.decision` for a model, on validation faces and shifts of them."""
