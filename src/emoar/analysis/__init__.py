"""Statistics of expressions over time: series of a face, episodes, segments, and what a time series can tell.

Frames of a video are not independent observations: no function takes their number for a sample size. Within a session
uncertainty comes from `effective_sample_size` and `block_bootstrap`; across people each person is one value.
"""
