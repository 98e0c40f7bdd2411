"""Webhooks: each event is a POST."""
