"""Archives: many videos become a folder of tables, by several processes or by a cluster of Ray.

One video is one task, and one finished task is one file (`part`) that is the checkpoint: whatever ends a run, the next
one continues with the videos that have no part.
"""
