"""Pictures, videos and cameras in; video, pictures, JSONL and Parquet out.

`sources.open_frames` opens anything that has pictures in it. Sinks are context managers that write under a temporary
name, rename at the end and list afterwards, in `kept`, what is on disk.
"""
