"""HTML that the server makes itself, as text."""
