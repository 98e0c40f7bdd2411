"""Clients and server in processes of their own, with Flower's SuperLink and SuperNodes between them."""
