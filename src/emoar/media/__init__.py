"""Sources: pictures, videos and cameras. Sinks: video, pictures, JSON, JSON Lines and Parquet.

`sources.open_frames` opens any source. A sink writes under a temporary name and renames the file when it is complete
(JSON Lines has its final name from the start); its `close` returns what is on disk.
"""
