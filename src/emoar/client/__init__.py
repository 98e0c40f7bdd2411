"""Sync and async clients of the REST API and of the live socket. Both run the same request generators without I/O."""
