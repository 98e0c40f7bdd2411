"""Recordings of live sockets."""
