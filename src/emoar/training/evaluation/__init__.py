"""Evaluation: predictors, predictions, metrics, calibration and comparison of models."""
