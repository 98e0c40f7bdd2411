"""Clients of the REST API and of the live socket, sync and async, on one set of steps without I/O."""
