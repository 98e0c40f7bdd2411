"""Recordings in the file formats of other programs: tables, annotation editors, and the columns of other tools."""
