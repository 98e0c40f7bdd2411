"""Simulated federations: thousands of clients on cached features in one process, or clients in processes of Ray."""
