"""Federated learning: many devices improve one model, and no face leaves any of them. Only the command line imports it.

`updates` needs NumPy alone, so that the server's gateway for browsers checks updates without a training library.
"""
