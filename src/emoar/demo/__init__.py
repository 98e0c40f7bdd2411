"""The demo: a clip of two moving portraits, drawn at run time, and the run of the pipeline over it."""
