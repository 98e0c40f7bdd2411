"""The HTTP layer around the routes: connection limits, access checks, request bodies, error responses, OpenAPI."""
