"""Solid bodies over a picture: glTF models, their motion and light, and heads that hide what is behind them.

Everything is drawn by OpenCV's triangle rasteriser, on the processor (docs/decisions/0024).
"""
