"""Updates of browsers that take part in federated learning: received by the server, checked in a process of its own."""
