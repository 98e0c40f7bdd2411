"""HTML that the server makes itself."""
