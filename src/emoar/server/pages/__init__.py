"""The server's own HTML pages, generated as text."""
