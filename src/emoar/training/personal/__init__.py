"""Personal models: a shipped model that continues on one person's faces, and heads of a person's own labels."""
