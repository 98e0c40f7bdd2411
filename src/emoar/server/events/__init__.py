"""Events and scenes of live sockets and publishers: to subscribers (`WS /v1/events`) and to other programs (`send`)."""
