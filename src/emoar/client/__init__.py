"""The REST client and the live socket's client, sync and async, on one set of steps without I/O."""
