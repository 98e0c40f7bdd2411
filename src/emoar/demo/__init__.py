"""The demo: a clip of two moving portraits made at run time, and the run over it."""
